using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MvStore.Unmanaged;

/// <summary>The place where one thread says which epoch it is in. Its word is given to another thread once the thread is gone.</summary>
internal sealed unsafe class EpochSlot
{
    // Owner: the thread, which alone sees it.
    [ThreadStatic]
    private static EpochSlot? _ofThisThread;

    // Owner of the word: the thread. Plain release store on entering and leaving; whoever advances the epoch makes it visible by a process-wide barrier.
    private readonly long* _word;

    // The same for all slots; here so that entering an epoch touches no static field. Owner and ordering: see EpochWords.
    private readonly EpochWords* _shared;

    // How many guards the thread holds. Owner: the thread, alone.
    private int _depth;

    private EpochSlot(long* word, EpochWords* shared)
    {
        _word = word;
        _shared = shared;
    }

    // Runs when the thread is gone: only the thread's static field keeps the slot, besides guards, and those live on its stack.
    ~EpochSlot() => Epochs.ReleaseWord(_word);

    /// <summary>The calling thread's slot.</summary>
    public static EpochSlot OfThisThread
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _ofThisThread ?? Create();
    }

    /// <summary>Enters the current epoch, unless the thread is in one already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (_depth++ == 0)
        {
            // Both are volatile: what the reader loads next must come after the load of the epoch (see Epochs), and the compiler moves no volatile
            // access across another.
            Volatile.Write(ref *_word, Volatile.Read(ref _shared->Current));
        }
    }

    /// <summary>Leaves the epoch with the outermost guard.</summary>
    /// <exception cref="InvalidOperationException">It was left more often than entered.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave()
    {
        if (--_depth == 0)
        {
            // Release: every read of the guarded memory is done before.
            Volatile.Write(ref *_word, Epochs.Outside);
            if (Volatile.Read(ref _shared->Waiting) != 0)
            {
                Epochs.ReleaseDue();
            }
        }
        else if (_depth < 0)
        {
            RefuseToLeave();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static EpochSlot Create() => _ofThisThread = new EpochSlot(Epochs.AcquireWord(), Epochs.Words);

    [DoesNotReturn]
    private void RefuseToLeave()
    {
        _depth = 0;
        throw new InvalidOperationException("The thread left an epoch that it was not in: a guard was copied and disposed twice.");
    }
}
