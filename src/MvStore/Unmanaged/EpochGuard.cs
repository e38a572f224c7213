using System.Runtime.CompilerServices;

namespace MvStore.Unmanaged;

/// <summary>
/// Holds the calling thread inside an epoch: unmanaged memory that it could reach when it entered is not freed before it leaves. Costs a plain
/// store each way; may be nested. Never keep one across a wait: it holds back reclamation of memory in the whole process. Never copy one.
/// </summary>
internal ref struct EpochGuard
{
    private EpochSlot? _slot;

    private EpochGuard(EpochSlot slot) => _slot = slot;

    /// <summary>Enters the current epoch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EpochGuard Enter()
    {
        var slot = EpochSlot.OfThisThread;
        slot.Enter();
        return new EpochGuard(slot);
    }

    /// <summary>Leaves it. Again: without effect.</summary>
    /// <exception cref="InvalidOperationException">A copy of the guard was disposed before, and the thread is in no epoch any more.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        var slot = _slot;
        if (slot is not null)
        {
            _slot = null;
            slot.Leave();
        }
    }
}
