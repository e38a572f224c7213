using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using MvStore.Logging;

namespace MvStore;

/// <summary>What the builder collected for a store.</summary>
internal sealed record StoreParts(
    MvStoreOptions Options,
    IPersistentTier? Tier,
    IKeyClassifier Classifier,
    TimeProvider TimeProvider,
    ILoggerFactory LoggerFactory,
    IReadOnlyList<IFlushListener> FlushListeners,
    IReadOnlyList<ICommitListener> CommitListeners,
    IReadOnlyList<IGarbageCollectionStrategy> Strategies)
{
    /// <summary>Where the commit log is, when a test gives it; otherwise the options say.</summary>
    public LogDirectory? LogDirectory { get; init; }

    /// <summary>Makes the meter; null for one of the store's own.</summary>
    public IMeterFactory? MeterFactory { get; init; }

    /// <summary>Makes what gives versions to commits of the store's own; null for none.</summary>
    public Func<IMultiVersionStore, IVersionProvider>? VersionProvider { get; init; }

    /// <summary>Whether there is to be a commit log.</summary>
    public bool HasLog => LogDirectory is not null || Options.CommitLog.Place is not null;
}
