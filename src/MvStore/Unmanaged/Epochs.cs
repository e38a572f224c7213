using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>
/// Epoch-based reclamation (Fraser, "Practical lock-freedom", 2004) for the whole process, with the fence of the readers moved to whoever advances
/// (an asymmetric fence, as in liburcu's "sys_membarrier" flavour). Memory taken out of a structure in epoch e is freed once the epoch is e + 2, and
/// the epoch advances only when every thread inside one is inside the current one. Readers pay a plain store; who advances pays one process-wide barrier.
/// </summary>
/// <remarks>
/// <para>
/// <b>Why no reader holds what is freed.</b> A retirer unlinks a block, puts a full fence, reads the epoch s and stamps the block with it; the block is
/// freed when the epoch is s + 2 or later. A reader loads the epoch e, stores it in its word, and then loads what leads to the block. Suppose it got
/// hold of the block and has not left. The step from s + 1 to s + 2 was: the epoch is s + 1; process-wide barrier; all words are looked at.
/// </para>
/// <para>
/// (1) The reader's store came before its part of that barrier. Then its word was seen, and the step was refused unless e = s + 1. But the store of s + 1
/// came after the retirer's load of s, hence after the unlinking, because of the retirer's full fence; a reader that loads s + 1 (acquire) and then the
/// links finds the block unlinked.
/// </para>
/// <para>
/// (2) The store came after its part of the barrier, however long ago e was loaded: <b>a stale epoch does no harm</b>, for then all loads behind the
/// store come after the barrier too. The barrier comes after the unlinking (the epoch was s + 1 already), so they find the block unlinked. From then on the
/// stale word, lower than the epoch, only holds back later steps, which is safe.
/// </para>
/// <para>
/// <b>Why the retirer needs a full fence.</b> Unlinking is a store and reading the epoch a load: without a fence the store may still wait in the store
/// buffer while the load is answered. The stamp is then too low, and in (1) a reader that entered at s + 1 may find the block still linked.
/// </para>
/// <para>
/// The argument needs stores that become visible to all other processors at once (x86, ARMv8 and every other target of .NET do that), links that are
/// loaded with acquire, and links that are unlinked before the block is retired.
/// </para>
/// </remarks>
internal static unsafe class Epochs
{
    /// <summary>What a slot says while its thread is in no epoch: later than any.</summary>
    public const long Outside = long.MaxValue;

    private const int WordsPerSlot = 16; // Two cache lines, because of adjacent-line prefetching.
    private const int SlotsPerBlock = 64;

    private static readonly Lock Gate = new(); // Held by whoever takes or gives back a slot, advances, or announces a release. Never for long.
    private static readonly Lock Releasing = new(); // Held by whoever carries out releases. Taken before Gate; nobody waits for it.
    private static readonly List<nint> Blocks = []; // Owner: Gate. The slots' words, 64 to a block; never freed.
    private static readonly Stack<nint> Unused = new(); // Owner: Gate. Words without a thread.
    private static readonly Queue<(long Stamp, Action Release)> Announced = new(); // Owner: Gate. Releases that wait for the epoch to move on.

    // Whether somebody wanted releases to be carried out since they last were. Interlocked exchange by everyone.
    private static int _asked;

    static Epochs()
    {
        Words = (EpochWords*)AllocateCleared(WordsPerSlot * sizeof(long));
    }

    /// <summary>The epoch now.</summary>
    public static long Current => Volatile.Read(ref Words->Current);

    /// <summary>What every thread reads on entering and leaving.</summary>
    public static EpochWords* Words { get; }

    /// <summary>How many words were ever made, with a thread or without. For tests.</summary>
    internal static int WordsMade
    {
        get
        {
            lock (Gate)
            {
                return Blocks.Count * SlotsPerBlock;
            }
        }
    }

    /// <summary>Moves on to the next epoch unless a thread is still in an earlier one. Never waits.</summary>
    /// <returns>Whether it moved.</returns>
    public static bool TryAdvance()
    {
        if (!Gate.TryEnter())
        {
            return false;
        }

        try
        {
            return Advance();
        }
        finally
        {
            Gate.Exit();
        }
    }

    /// <summary>
    /// Has something released as soon as no thread is left that may hold what was reachable before the call: at once, or by the last such thread when it
    /// leaves its epoch.
    /// </summary>
    /// <param name="release">Called once, on any thread, outside any epoch; must not throw.</param>
    public static void ReleaseLater(Action release)
    {
        lock (Gate)
        {
            Interlocked.MemoryBarrier();
            Announced.Enqueue((Words->Current, release));
            Volatile.Write(ref Words->Waiting, Announced.Count);
        }

        Interlocked.MemoryBarrierProcessWide();
        ReleaseDue();
    }

    /// <summary>Tries to move on, and carries out the releases whose time has come. For a thread that has just left its epoch.</summary>
    /// <remarks>
    /// No release is forgotten. A leaving thread stores its word and then loads the announcement, with no fence between; the announcer has a process-wide
    /// barrier between announcing and looking at the words. So either the announcer sees that the thread left, or the thread comes here. Of several who come here one works; it looks again for requests after it let go, so that nobody needs to wait for it.
    /// </remarks>
    public static void ReleaseDue()
    {
        Interlocked.Exchange(ref _asked, 1);
        while (Volatile.Read(ref _asked) != 0 && Releasing.TryEnter())
        {
            try
            {
                Interlocked.Exchange(ref _asked, 0);
                while (NextDue() is { } release)
                {
                    release();
                }
            }
            finally
            {
                Releasing.Exit();
            }
        }
    }

    /// <summary>Takes a word for a thread.</summary>
    public static long* AcquireWord()
    {
        lock (Gate)
        {
            if (Unused.Count == 0)
            {
                AddBlock();
            }

            return (long*)Unused.Pop();
        }
    }

    /// <summary>Gives back the word of a thread that is gone.</summary>
    public static void ReleaseWord(long* word)
    {
        lock (Gate)
        {
            Volatile.Write(ref *word, Outside);
            Unused.Push((nint)word);
        }
    }

    // Under Gate.
    private static bool Advance()
    {
        var now = Words->Current;
        if (!AllAreIn(now))
        {
            // Not worth a barrier. A word that is seen too old belongs to a thread that is leaving just now; nobody counts on seeing that at once.
            return false;
        }

        Interlocked.MemoryBarrierProcessWide();
        if (!AllAreIn(now))
        {
            return false;
        }

        Volatile.Write(ref Words->Current, now + 1);
        return true;
    }

    // Under Gate. Whether no thread is in an earlier epoch.
    private static bool AllAreIn(long now)
    {
        foreach (var block in Blocks)
        {
            for (var i = 0; i < SlotsPerBlock; i++)
            {
                if (Volatile.Read(ref ((long*)block)[i * WordsPerSlot]) < now)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static Action? NextDue()
    {
        lock (Gate)
        {
            if (!Announced.TryPeek(out var first))
            {
                return null;
            }

            while (first.Stamp + 2 > Words->Current)
            {
                if (!Advance())
                {
                    return null;
                }
            }

            Announced.Dequeue();
            Volatile.Write(ref Words->Waiting, Announced.Count);
            return first.Release;
        }
    }

    private static void AddBlock()
    {
        var block = AllocateCleared(SlotsPerBlock * WordsPerSlot * sizeof(long));
        for (var i = SlotsPerBlock - 1; i >= 0; i--)
        {
            block[i * WordsPerSlot] = Outside;
            Unused.Push((nint)(block + (i * WordsPerSlot)));
        }

        Blocks.Add((nint)block);
    }

    private static long* AllocateCleared(int bytes)
    {
        var words = (long*)NativeMemory.AlignedAlloc((nuint)bytes, 128);
        NativeMemory.Clear(words, (nuint)bytes);
        return words;
    }
}
