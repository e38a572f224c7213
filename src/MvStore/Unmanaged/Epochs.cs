using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>
/// Epoch-based reclamation (Fraser, "Practical lock-freedom", 2004) for the whole process: memory taken out of a structure in epoch e is freed once
/// the epoch is e + 2, and the epoch advances only when every thread inside one is inside the current one. Readers pay a plain store; who
/// advances pays one process-wide barrier.
/// </summary>
internal static unsafe class Epochs
{
    /// <summary>What a slot says while its thread is in no epoch.</summary>
    public const long Outside = 0;

    private const int WordsPerSlot = 16; // Two cache lines, because of adjacent-line prefetching.
    private const int SlotsPerBlock = 64;

    private static readonly object Gate = new(); // Held by whoever takes or gives back a slot, and by whoever advances.
    private static readonly List<nint> Blocks = []; // Owner: Gate.
    private static readonly Stack<nint> Unused = new(); // Owner: Gate.

    // Owner: whoever holds Gate. Release store; everyone acquire.
    private static long _current = 2;

    /// <summary>The epoch now.</summary>
    public static long Current => Volatile.Read(ref _current);

    /// <summary>Moves on to the next epoch unless a thread is still in an earlier one. Never waits.</summary>
    /// <returns>Whether it moved.</returns>
    public static bool TryAdvance()
    {
        if (!Monitor.TryEnter(Gate))
        {
            return false;
        }

        try
        {
            var now = _current;
            Interlocked.MemoryBarrierProcessWide();
            foreach (var block in Blocks)
            {
                for (var i = 0; i < SlotsPerBlock; i++)
                {
                    var epoch = Volatile.Read(ref ((long*)block)[i * WordsPerSlot]);
                    if (epoch != Outside && epoch != now)
                    {
                        return false;
                    }
                }
            }

            Volatile.Write(ref _current, now + 1);
            return true;
        }
        finally
        {
            Monitor.Exit(Gate);
        }
    }

    /// <summary>Takes a word for a thread.</summary>
    public static long* AcquireWord()
    {
        lock (Gate)
        {
            if (Unused.Count == 0)
            {
                var bytes = (nuint)(SlotsPerBlock * WordsPerSlot * sizeof(long));
                var block = (long*)NativeMemory.AlignedAlloc(bytes, 128);
                NativeMemory.Clear(block, bytes);
                Blocks.Add((nint)block);
                for (var i = SlotsPerBlock - 1; i >= 0; i--)
                {
                    Unused.Push((nint)(block + (i * WordsPerSlot)));
                }
            }

            return (long*)Unused.Pop();
        }
    }

    /// <summary>Gives back the word of a thread that is gone.</summary>
    public static void ReleaseWord(long* word)
    {
        lock (Gate)
        {
            *word = Outside;
            Unused.Push((nint)word);
        }
    }
}
