namespace MvStore.Pacing;

/// <summary>Counts the stalls of one reason. Belongs to the gate's lock.</summary>
internal sealed class StallCounter(StallReason reason)
{
    private long _count;
    private long _refused;
    private int _waiting;
    private TimeSpan _total;
    private TimeSpan _longest;

    /// <summary>The reason.</summary>
    public StallReason Reason { get; } = reason;

    /// <summary>The figures now.</summary>
    public StallStatistics Current => new(_count, _refused, _waiting, _total, _longest);

    /// <summary>A commit begins to wait.</summary>
    public void Begin() => _waiting++;

    /// <summary>A commit does not wait any more.</summary>
    public void End(TimeSpan waited)
    {
        _waiting--;
        _count++;
        _total += waited;
        _longest = waited > _longest ? waited : _longest;
    }

    /// <summary>A commit is refused.</summary>
    public void Refuse() => _refused++;
}
