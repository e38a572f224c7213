namespace MvStore.Flushing;

/// <summary>A flush that is to begin.</summary>
/// <param name="Trigger">Why: what its events are named after.</param>
/// <param name="LastSequence">The newest publication it takes. What comes later has a trigger of its own.</param>
internal readonly record struct DueFlush(FlushTrigger Trigger, ulong LastSequence);
