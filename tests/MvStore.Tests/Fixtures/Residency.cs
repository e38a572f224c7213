namespace MvStore.Tests.Fixtures;

/// <summary>Where the data of a test lies when a clause is checked. A clause about tiers must hold in every one (contract B12).</summary>
public enum Residency
{
    /// <summary>A store without a persistent tier.</summary>
    MemoryOnly,

    /// <summary>In memory, not flushed.</summary>
    Buffered,

    /// <summary>On disk and still in memory.</summary>
    Flushed,

    /// <summary>On disk only; the store stayed open.</summary>
    Evicted,

    /// <summary>On disk only; the store was disposed and opened again.</summary>
    Reopened,
}
