using MvStore.Contracts;
using MvStore.GarbageCollection;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.GarbageCollection;

/// <summary>A run of expiry over keys and commits that a test answers for: what cannot be removed now is found again, whatever the reason, and no watch is left behind (I43, I44).</summary>
public sealed class ExpirerTests : ILiveKeys, IWatchedCommits, IPublicationSource, IVersionProvider, IDisposable
{
    private const int Keys = 7;

    private readonly ManualClock _clock = new();
    private readonly VersionTimes _times;
    private readonly List<int> _removed = [];
    private readonly HashSet<byte> _gone = [];
    private readonly Dictionary<byte, TierRow?> _since = []; // what keys have when it is decided, where the walk met something else
    private Func<WatchedOutcome> _answer = () => WatchedOutcome.Published;
    private CommitWatch? _watch;
    private ulong _version = 100;
    private int _reads;

    public ExpirerTests()
    {
        _times = new VersionTimes(_clock, null, TimeSpan.Zero);
        _times.Begin(CommitVersion.Zero);
        _times.Advance(Keys);
        _clock.Advance(TimeSpan.FromHours(1));
    }

    Publication IPublicationSource.Current => new(Keys, Keys, Keys, 0);

    public void Dispose() => _times.Dispose();

    [Fact]
    public async Task I43_WhatWouldHaveHadToWaitIsFoundByTheNextRun()
    {
        var expirer = NewExpirer(new TierCapabilities());
        _answer = () => WatchedOutcome.Busy;
        (await expirer.RunAsync(CancellationToken.None)).Should().Be(0);
        _answer = () => throw new CapacityExceededException(StallReason.Memory, 1, 1, 1, TimeSpan.Zero);
        (await expirer.RunAsync(CancellationToken.None)).Should().Be(0);
        _answer = () => WatchedOutcome.Published;
        (await expirer.RunAsync(CancellationToken.None)).Should().Be(Keys);
        _removed.Should().Equal(Keys);

        // Everything is gone, and nothing was published since.
        var reads = _reads;
        (await expirer.RunAsync(CancellationToken.None)).Should().Be(0);
        _reads.Should().Be(reads);
    }

    [Fact]
    public async Task I44_WhatFailedIsFoundByTheNextRun()
    {
        var expirer = NewExpirer(new TierCapabilities());
        _answer = () => throw new DuplicateVersionException(new byte[1], 101);
        await Assert.ThrowsAsync<VersionProviderException>(() => expirer.RunAsync(CancellationToken.None).AsTask());
        _watch.Should().BeNull();
        _answer = () => throw new ObjectDisposedException("the store");
        (await expirer.RunAsync(CancellationToken.None)).Should().Be(0, "it is closing");
        _watch.Should().BeNull();
        _answer = () => WatchedOutcome.Published;
        (await expirer.RunAsync(CancellationToken.None)).Should().Be(Keys);
    }

    [Fact]
    public async Task I42_WhatWasRemovedSinceTheWalkMetItIsLeftAlone()
    {
        const byte Deleted = 2;
        const byte Reclaimed = 4;
        _since[Deleted] = new TierRow(new[] { Deleted }, 50, Keys, null);
        _since[Reclaimed] = null;
        (await NewExpirer(new TierCapabilities()).RunAsync(CancellationToken.None)).Should().Be(Keys - 2);
        _gone.Should().BeEquivalentTo(new byte[] { 0, 1, 3, 5, 6 });
    }

    [Fact]
    public async Task A3_NoCommitIsLargerThanTheTierTakes()
    {
        (await NewExpirer(new TierCapabilities { MaxBatchRows = 3 }).RunAsync(CancellationToken.None)).Should().Be(Keys);
        _removed.Should().Equal(3, 3, 1);
        _gone.Clear();
        _removed.Clear();
        (await NewExpirer(new TierCapabilities { MaxBatchBytes = 2 }).RunAsync(CancellationToken.None)).Should().Be(Keys);
        _removed.Should().Equal(2, 2, 2, 1);
    }

    [Fact]
    public async Task E6_ARunThatIsCancelledLeavesNoWatch()
    {
        using var cancellation = new CancellationTokenSource();
        var expirer = NewExpirer(new TierCapabilities { MaxBatchRows = 3 });
        _answer = () =>
        {
            cancellation.Cancel();
            throw new OperationCanceledException(cancellation.Token);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => expirer.RunAsync(cancellation.Token).AsTask());
        _watch.Should().BeNull();
    }

    ValueTask<CommitVersion> IVersionProvider.NextAsync(CancellationToken cancellationToken) => new((CommitVersion)(++_version));

    ValueTask<TierPage> ILiveKeys.ReadAsync(KeyRange range, TierPosition? after, CancellationToken cancellationToken)
    {
        _reads++;
        return new ValueTask<TierPage>(new TierPage([.. Enumerable.Range(0, Keys).Select(key => RowOf((byte)key))], null, Keys));
    }

    ValueTask<TierRow?[]> ILiveKeys.FindAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, ulong upTo, CancellationToken cancellationToken)
    {
        _watch.Should().NotBeNull("a key is watched before it is read");
        return new ValueTask<TierRow?[]>([.. keys.Select(key => _since.TryGetValue(key.Span[0], out var row) ? row : RowOf(key.Span[0]))]);
    }

    ValueTask<bool> ILiveKeys.HasLivedSinceAsync(ReadOnlyMemory<byte> key, ulong sequence, FloorSet? foreseen, CancellationToken cancellationToken)
        => throw new NotSupportedException("Time counts from the last update here.");

    Task IWatchedCommits.WatchAsync(CommitWatch watch)
    {
        _watch.Should().BeNull("one at a time");
        _watch = watch;
        return Task.CompletedTask;
    }

    void IWatchedCommits.EndWatch(CommitWatch watch)
    {
        watch.Should().BeSameAs(_watch);
        _watch = null;
    }

    ValueTask<WatchedOutcome> IWatchedCommits.TryCommitAsync(WriteBatch batch, CommitVersion version, CommitWatch watch, CancellationToken cancellationToken)
    {
        watch.Should().BeSameAs(_watch);
        ((KeyWatch)watch).Required.Should().HaveCount(batch.Count);
        var outcome = _answer();
        if (outcome == WatchedOutcome.Published)
        {
            _removed.Add(batch.Count);
            _gone.UnionWith(batch.Deltas.Select(delta => delta.Key.Span[0]));
        }

        return new ValueTask<WatchedOutcome>(outcome);
    }

    private TierRow RowOf(byte key) => new(new[] { key }, (ulong)key + 1, (ulong)key + 1, _gone.Contains(key) ? default(ReadOnlyMemory<byte>?) : new byte[1]);

    private Expirer NewExpirer(TierCapabilities capabilities)
    {
        var options = new GarbageCollectionOptions
        {
            RetainByKind = { [EntryKind.Operator(1)] = new Retention { TimeToLive = new TimeToLive(TimeSpan.FromHours(1)) } },
        };
        var expirer = new Expirer(
            this, new ExpiryCommits(this, this, tellsOldValues: false), this, new RetentionPolicy(options), _times, new OneKind(), capabilities, keysPerRun: 1_000);
        expirer.Begin(this);
        return expirer;
    }

    private sealed class OneKind : IKeyClassifier
    {
        public EntryKind Classify(ReadOnlySpan<byte> key) => EntryKind.Operator(1);
    }
}
