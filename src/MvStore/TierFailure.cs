namespace MvStore;

/// <summary>The kinds of failure of a persistent tier, by what the engine does about them (contract D4).</summary>
public enum TierFailure
{
    /// <summary>
    /// Nothing was applied and trying again may help: busy, disk full, no connection. A flush is repeated with growing pauses until it succeeds, anything else
    /// <see cref="PersistenceOptions.MaxAttempts"/> times.
    /// </summary>
    Transient,

    /// <summary>
    /// Whether the write was applied, or is yet to be, is not known: a failed sync, a lost answer. The engine asks for the mark and goes on or writes again, if the
    /// tier's <see cref="TierCapabilities.ResolvesDoubt"/> says that this can be decided; otherwise it stops the store for writing.
    /// </summary>
    InDoubt,

    /// <summary>The data is damaged. Met while writing it stops the store for writing.</summary>
    Damaged,

    /// <summary>
    /// Trying again cannot help: not a store, a newer format, no permission, another owner, a slice that does not continue the mark. Met while writing it
    /// stops the store for writing.
    /// </summary>
    Fatal,

    /// <summary>
    /// Someone else has opened the data under a higher epoch, or the epoch asked for is not above all earlier ones. Nothing was applied or answered, and nothing
    /// will be. Stops the store for writing, whatever met it.
    /// </summary>
    Fenced,
}
