using System.Runtime.CompilerServices;

namespace MvStore.Unmanaged;

/// <summary>The place where one thread says which epoch it is in. Its word is given to another thread once the thread is gone.</summary>
internal sealed unsafe class EpochSlot
{
    [ThreadStatic]
    private static EpochSlot? _ofThisThread;

    // Owner: the thread. Plain release store on entering and leaving; whoever advances the epoch makes it visible by a process-wide barrier.
    private readonly long* _word;

    // How many guards the thread holds. Owner: the thread, alone.
    private int _depth;

    private EpochSlot(long* word) => _word = word;

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
            Volatile.Write(ref *_word, Epochs.Current);
        }
    }

    /// <summary>Leaves the epoch with the outermost guard.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave()
    {
        if (--_depth == 0)
        {
            Volatile.Write(ref *_word, Epochs.Outside);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static EpochSlot Create() => _ofThisThread = new EpochSlot(Epochs.AcquireWord());
}
