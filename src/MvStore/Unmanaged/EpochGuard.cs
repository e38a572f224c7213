namespace MvStore.Unmanaged;

/// <summary>
/// Holds the calling thread inside an epoch: unmanaged memory that it could reach when it entered is not freed before it leaves. Costs a plain
/// store each way; may be nested. Never keep one across a wait: it holds back reclamation of memory in the whole process.
/// </summary>
internal ref struct EpochGuard
{
    private EpochSlot? _slot;

    private EpochGuard(EpochSlot slot) => _slot = slot;

    /// <summary>Enters the current epoch.</summary>
    public static EpochGuard Enter()
    {
        var slot = EpochSlot.OfThisThread;
        slot.Enter();
        return new EpochGuard(slot);
    }

    /// <summary>Leaves it. Again: without effect.</summary>
    public void Dispose()
    {
        _slot?.Leave();
        _slot = null;
    }
}
