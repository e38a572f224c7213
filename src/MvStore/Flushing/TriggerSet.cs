namespace MvStore.Flushing;

/// <summary>Some of the triggers, each at most once.</summary>
internal readonly record struct TriggerSet
{
    private readonly int _bits;

    /// <summary>The set of some triggers.</summary>
    public TriggerSet(params ReadOnlySpan<FlushTrigger> triggers)
    {
        foreach (var trigger in triggers)
        {
            _bits |= BitOf(trigger);
        }
    }

    private TriggerSet(int bits) => _bits = bits;

    /// <summary>Whether a trigger is in the set.</summary>
    public bool Contains(FlushTrigger trigger) => (_bits & BitOf(trigger)) != 0;

    /// <summary>The set with one more trigger.</summary>
    public TriggerSet With(FlushTrigger trigger) => new(_bits | BitOf(trigger));

    /// <summary>The set with one trigger less.</summary>
    public TriggerSet Without(FlushTrigger trigger) => new(_bits & ~BitOf(trigger));

    /// <summary>The bit that stands for a trigger.</summary>
    public static int BitOf(FlushTrigger trigger) => 1 << (int)trigger;
}
