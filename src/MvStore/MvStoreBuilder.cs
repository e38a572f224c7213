using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MvStore.Logging;

namespace MvStore;

/// <summary>
/// Puts a store together and opens it; needs no dependency injection. Each setting may be given once or many times, the last one
/// counts; listeners add up. Not safe for concurrent use. One builder opens one store.
/// </summary>
public sealed class MvStoreBuilder
{
    private readonly List<IFlushListener> _flushListeners = [];
    private readonly List<ICommitListener> _commitListeners = [];
    private readonly List<IGarbageCollectionStrategy> _strategies = [];
    private MvStoreOptions _options = new();
    private IPersistentTier? _tier;
    private IKeyClassifier _classifier = UniformClassifier.Instance;
    private TimeProvider _timeProvider = TimeProvider.System;
    private ILoggerFactory _loggerFactory = NullLoggerFactory.Instance;
    private IMeterFactory? _meterFactory;
    private Func<IMultiVersionStore, IVersionProvider>? _versionProvider;
    private LogDirectory? _logDirectory;
    private int? _logSegmentBytes;
    private bool _used;

    /// <summary>Changes settings.</summary>
    /// <param name="configure">Is handed the settings at once.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    /// <exception cref="InvalidOperationException">This builder has opened a store already.</exception>
    public MvStoreBuilder Configure(Action<MvStoreOptions> configure)
    {
        ThrowIfUsed();
        ArgumentNullException.ThrowIfNull(configure);
        configure(_options);
        return this;
    }

    /// <summary>Takes over all settings of others, such as ones that a host has bound and validated. Those changed before are forgotten, but not the tier; those changed afterwards count.</summary>
    /// <param name="options">The settings. Copied.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="InvalidOperationException">This builder has opened a store already.</exception>
    public MvStoreBuilder UseOptions(MvStoreOptions options)
    {
        ThrowIfUsed();
        ArgumentNullException.ThrowIfNull(options);
        var proposed = _options.CommitLog.DefaultDirectory;
        _options = options.Copy();
        // What the tier said is no setting of the host's: without it there would be no commit log, and no word about that.
        _options.CommitLog.DefaultDirectory ??= proposed;
        return this;
    }

    /// <summary>Gives the store a persistent tier. Without one it works in memory only (contract D8).</summary>
    /// <param name="tier">The tier. The store opens it, owns it and disposes it.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="tier"/> is null.</exception>
    /// <exception cref="InvalidOperationException">This builder has opened a store already.</exception>
    public MvStoreBuilder UsePersistentTier(IPersistentTier tier)
    {
        ThrowIfUsed();
        _tier = tier ?? throw new ArgumentNullException(nameof(tier));
        _options.CommitLog.DefaultDirectory = null;
        return this;
    }

    /// <summary>Tells kinds of keys apart. Default: every key is <see cref="EntryKind.Multi"/>.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="classifier"/> is null.</exception>
    /// <exception cref="InvalidOperationException">This builder has opened a store already.</exception>
    public MvStoreBuilder UseKeyClassifier(IKeyClassifier classifier)
    {
        ThrowIfUsed();
        _classifier = classifier ?? throw new ArgumentNullException(nameof(classifier));
        return this;
    }

    /// <summary>Sets the clock of every timer and timestamp. Default: the system's.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="timeProvider"/> is null.</exception>
    /// <exception cref="InvalidOperationException">This builder has opened a store already.</exception>
    public MvStoreBuilder UseTimeProvider(TimeProvider timeProvider)
    {
        ThrowIfUsed();
        _timeProvider = timeProvider ?? throw new ArgumentNullException(nameof(timeProvider));
        return this;
    }

    /// <summary>Sets where logs go. Default: nowhere. Logs never contain key or value bytes (contract F8).</summary>
    /// <param name="loggerFactory">The factory. Not disposed by the store.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="loggerFactory"/> is null.</exception>
    /// <exception cref="InvalidOperationException">This builder has opened a store already.</exception>
    public MvStoreBuilder UseLoggerFactory(ILoggerFactory loggerFactory)
    {
        ThrowIfUsed();
        _loggerFactory = loggerFactory ?? throw new ArgumentNullException(nameof(loggerFactory));
        return this;
    }

    /// <summary>Sets who makes the store's meter, for hosts that tell the meters of their parts apart. Default: a meter of its own. See <see cref="MvStoreTelemetry"/>.</summary>
    /// <param name="meterFactory">The factory. Not disposed by the store.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="meterFactory"/> is null.</exception>
    /// <exception cref="InvalidOperationException">This builder has opened a store already.</exception>
    public MvStoreBuilder UseMeterFactory(IMeterFactory meterFactory)
    {
        ThrowIfUsed();
        _meterFactory = meterFactory ?? throw new ArgumentNullException(nameof(meterFactory));
        return this;
    }

    /// <summary>Adds a listener for flushes.</summary>
    /// <param name="listener">The listener. Not disposed by the store.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is null.</exception>
    /// <exception cref="InvalidOperationException">This builder has opened a store already.</exception>
    public MvStoreBuilder AddFlushListener(IFlushListener listener)
    {
        ThrowIfUsed();
        _flushListeners.Add(listener ?? throw new ArgumentNullException(nameof(listener)));
        return this;
    }

    /// <summary>Adds a listener for published commits.</summary>
    /// <param name="listener">The listener. Not disposed by the store.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is null.</exception>
    /// <exception cref="InvalidOperationException">This builder has opened a store already.</exception>
    public MvStoreBuilder AddCommitListener(ICommitListener listener)
    {
        ThrowIfUsed();
        _commitListeners.Add(listener ?? throw new ArgumentNullException(nameof(listener)));
        return this;
    }

    /// <summary>Adds a strategy of reclamation. It starts from what the options, and the strategies added before it, say is to be kept.</summary>
    /// <param name="strategy">The strategy. Not disposed by the store.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="strategy"/> is null.</exception>
    /// <exception cref="InvalidOperationException">This builder has opened a store already.</exception>
    public MvStoreBuilder AddGarbageCollectionStrategy(IGarbageCollectionStrategy strategy)
    {
        ThrowIfUsed();
        _strategies.Add(strategy ?? throw new ArgumentNullException(nameof(strategy)));
        return this;
    }

    /// <summary>
    /// Gives the store versions for the commits that it makes by itself: removals of keys whose time to live is over (<see cref="Retention.TimeToLive"/>). Without it nothing may have one.
    /// </summary>
    /// <param name="provider">
    /// Is called once, when the store has recovered what it has, and is handed the store, which it may keep and read but not dispose. For example <c>store =&gt; versions = new VersionSource(store)</c>.
    /// </param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="provider"/> is null.</exception>
    public MvStoreBuilder UseVersionProvider(Func<IMultiVersionStore, IVersionProvider> provider)
    {
        _versionProvider = provider ?? throw new ArgumentNullException(nameof(provider));
        return this;
    }

    /// <summary>Validates the settings, opens the persistent tier, recovers what is durable, and starts the background loops.</summary>
    /// <param name="cancellationToken">Gives up; the persistent tier is then disposed.</param>
    /// <returns>The open store. Dispose it.</returns>
    /// <exception cref="OptionsValidationException">A setting is out of its range; the message names it.</exception>
    /// <exception cref="InvalidOperationException">
    /// This builder has opened a store already, or asks for a commit log without a persistent tier that syncs what it takes, or for a time to live without a version provider; or the
    /// version provider was not made.
    /// </exception>
    /// <exception cref="StoreInUseException">Someone else owns the persistent tier's data.</exception>
    /// <exception cref="StoreFormatException">The persistent tier's data is foreign or of a newer format.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not be opened.</exception>
    /// <exception cref="CommitLogException">The commit log could not be opened, is damaged, missing although the store needs it, or does not continue what the persistent tier has.</exception>
    /// <exception cref="StoreFailedException">What the commit log had could not be flushed when memory made it necessary.</exception>
    public async ValueTask<IMultiVersionStore> OpenAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfUsed();
        var validation = new MvStoreOptionsValidator().Validate(null, _options);
        if (validation.Failed)
        {
            throw new OptionsValidationException(nameof(MvStoreOptions), typeof(MvStoreOptions), validation.Failures);
        }

        if (_tier is null && _options.CommitLog.Place is not null)
        {
            throw new InvalidOperationException("CommitLog.Directory is set, and a commit log needs a persistent tier: give the builder one, or no directory.");
        }

        if (_versionProvider is null && _options.GarbageCollection.RetainByKind.FirstOrDefault(own => own.Value.TimeToLive is not null) is { Value: not null } lives)
        {
            throw new InvalidOperationException(
                $"GarbageCollection.RetainByKind gives {lives.Key} a time to live, and keys expire by commits, which need versions: give the builder a version provider, or no time to live.");
        }

        _used = true;
        var options = _options.Copy();
        options.CommitLog.SegmentBytes = _logSegmentBytes ?? options.CommitLog.SegmentBytes;
        var parts = new StoreParts(
            options, _tier, _classifier, _timeProvider, _loggerFactory, _flushListeners, _commitListeners, [.. _strategies])
        {
            LogDirectory = _logDirectory,
            MeterFactory = _meterFactory,
            VersionProvider = _versionProvider,
        };
        return await StoreOpening.OpenAsync(parts, cancellationToken).ConfigureAwait(false);
    }

    // What is changed now would change nothing, without a word.
    private void ThrowIfUsed()
    {
        if (_used)
        {
            throw new InvalidOperationException("This builder has opened a store already; make a new one for each store.");
        }
    }

    /// <summary>Keeps the commit log where a test wants it, in segments that may be smaller than the least that hosts can ask for.</summary>
    internal MvStoreBuilder UseLogDirectory(LogDirectory directory, int? segmentBytes = null)
    {
        _logDirectory = directory;
        _logSegmentBytes = segmentBytes;
        return this;
    }

    private sealed class UniformClassifier : IKeyClassifier
    {
        public static readonly UniformClassifier Instance = new();

        public EntryKind Classify(ReadOnlySpan<byte> key) => EntryKind.Multi;
    }
}
