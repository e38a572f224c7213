using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

/// <summary>Commits under a watch: what counts as touched, and that they wait for nothing that a commit waits for (I42, I43; contract E5).</summary>
public sealed class WatchedCommitTests : ICommitGate
{
    private readonly CommitPreparer _preparer = new(classifier: null, keepsRows: false, keepsDeltas: false);
    private readonly LateCommitChecker _late;
    private readonly Committer _committer;
    private readonly CommitSequencer _sequencer;
    private bool _isFull;
    private readonly Recorder _published = new();
    private long _reserved;

    public WatchedCommitTests()
    {
        var target = new UnseenTarget();
        _sequencer = new CommitSequencer(new TierState(0, CommitVersion.Zero, FloorSet.None), new FailureLatch(), _published, feed: null);
        _late = new LateCommitChecker(_sequencer, target);
        _committer = new Committer(new CommitLimits(new BufferOptions { MaxKeyLength = 1 }), _preparer, _sequencer, target, _late, this, durability: null);
    }

    long ICommitGate.FreePass => -1;

    [Fact]
    public async Task I42_WhatBeganBeforeTheWatchIsPublishedOnceItIsSet()
    {
        var first = Begin(10, 1);
        var second = Begin(20, 2);
        var watching = _committer.WatchAsync(WatchOf(1, 2));
        _sequencer.Complete(second);
        watching.IsCompleted.Should().BeFalse("the first one is in flight");
        _sequencer.Complete(first);
        await watching.Guarded();
        _sequencer.Current.Sequence.Should().Be(2);
    }

    [Fact]
    public async Task I42_WhatBeginsAfterwardsAndTouchesAKeyIsNoted()
    {
        var watch = WatchOf(1, 2, 3);
        await _committer.WatchAsync(watch).Guarded();
        await CommitAsync(10, 2);
        var inFlight = Begin(20, 9);
        (await TryRemoveAsync(watch, 30, 0, 1, 2)).Should().Be(WatchedOutcome.Overtaken);
        watch.IsKeyTouched(0).Should().BeFalse();
        watch.IsKeyTouched(1).Should().BeTrue();
        (await TryRemoveAsync(watch, 30, 1)).Should().Be(WatchedOutcome.Overtaken);
        _sequencer.Current.Sequence.Should().Be(1, "nothing of it was applied");
        var removal = TryRemoveAsync(watch, 30, 0, 2);
        removal.IsCompleted.Should().BeFalse("it is published behind the one in flight");
        _sequencer.Complete(inFlight);
        (await removal.Guarded()).Should().Be(WatchedOutcome.Published);
        _committer.EndWatch(watch);
        await CommitAsync(40, 1);
        watch.IsKeyTouched(0).Should().BeFalse("nobody watches any more");
    }

    [Fact]
    public async Task I42_ACommitThatIsLateTouchesWhenItBegins()
    {
        await CommitAsync(10, 9);
        var watch = WatchOf(1);
        await _committer.WatchAsync(watch).Guarded();
        await CommitAsync(5, 1);
        (await TryRemoveAsync(watch, 30, 0)).Should().Be(WatchedOutcome.Overtaken);
    }

    [Fact]
    public async Task I42_ACommitThatWasFoundLateBeforeTheWatchTouchesWhenItBegins()
    {
        await CommitAsync(10, 9);
        var watch = WatchOf(1);
        Task<CommitReceipt> late;
        using (await _late.EnterAsync(CancellationToken.None))
        {
            late = CommitAsync(5, 1);
            await _committer.WatchAsync(watch).Guarded();
            watch.IsKeyTouched(0).Should().BeFalse("it waits for another one that is late");
        }

        await late.Guarded();
        (await TryRemoveAsync(watch, 30, 0)).Should().Be(WatchedOutcome.Overtaken);
    }

    [Fact]
    public async Task I42_ADropTouches()
    {
        var watch = WatchOf(1, 2);
        await _committer.WatchAsync(watch).Guarded();
        await _committer.CommitAsync(new WriteBatch().Drop([2]), 10, Durability.Buffered, CancellationToken.None).Guarded();
        watch.IsKeyTouched(1).Should().BeTrue();
        (await TryRemoveAsync(watch, 30, 0)).Should().Be(WatchedOutcome.Published);
    }

    [Fact]
    public async Task I43_ARemovalDoesNotWaitForRoom()
    {
        var watch = WatchOf(1);
        await _committer.WatchAsync(watch).Guarded();
        _isFull = true;
        (await TryRemoveAsync(watch, 30, 0)).Should().Be(WatchedOutcome.Busy);
        _sequencer.Current.Sequence.Should().Be(0);
        _isFull = false;
        (await TryRemoveAsync(watch, 30, 0)).Should().Be(WatchedOutcome.Published);
        _reserved.Should().Be(0, "it is given back");
    }

    [Fact]
    public async Task I43_ARemovalDoesNotWaitBehindACommitThatIsLate()
    {
        await CommitAsync(40, 9);
        var watch = WatchOf(1);
        await _committer.WatchAsync(watch).Guarded();
        using (await _late.EnterAsync(CancellationToken.None))
        {
            (await TryRemoveAsync(watch, 30, 0)).Should().Be(WatchedOutcome.Busy);
        }

        (await TryRemoveAsync(watch, 30, 0)).Should().Be(WatchedOutcome.Published);
        _sequencer.Current.LastLateSequence.Should().Be(2);
    }

    [Fact]
    public async Task I40_KeysThatAreStoredAreNotMeasuredByWhatTheHostAllowsNow()
    {
        var watch = new KeyWatch([new byte[2]]) { Required = [0] };
        await _committer.WatchAsync(watch).Guarded();
        (await _committer.TryCommitAsync(new WriteBatch().Remove(new byte[2]), 10, watch, CancellationToken.None).Guarded())
            .Should().Be(WatchedOutcome.Published);
    }

    [Fact]
    public async Task D9_NoWatchIsSetOnceTheStoreCloses()
    {
        await _sequencer.CloseAsync().Guarded();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _committer.WatchAsync(WatchOf(1)));
        _committer.EndWatch(WatchOf(1));
    }

    /// <summary>
    /// Real threads commit to a few keys while another one removes them under watches. In the order of publications no update comes between what the remover could see and its removal.
    /// </summary>
    [Fact]
    public async Task I42_NoRemovalComesBehindAnUpdateThatItsReadDidNotSee()
    {
        const int rounds = 2_000;
        var lastVersion = 0;
        var removals = new Dictionary<CommitVersion, ulong>(); // and what was published when their keys were read
        await Crowd.RunAsync([.. Enumerable.Range(1, 3).Select<int, Func<Task>>(key => () => UpdateAsync((byte)key)), RemoveAsync]);
        await RemoveOnceAsync();

        removals.Should().NotBeEmpty();
        foreach (var (version, sequence) in _published.Commits.Where(commit => removals.ContainsKey(commit.Version)))
        {
            _published.Commits.Where(other => other.Sequence > removals[version] && other.Sequence < sequence && !removals.ContainsKey(other.Version))
                .Should().BeEmpty($"publication {sequence} was decided by what was there at {removals[version]}");
        }

        async Task UpdateAsync(byte key)
        {
            var random = new Random(key);
            for (var i = 0; i < rounds; i++)
            {
                await CommitAsync((ulong)Interlocked.Increment(ref lastVersion), key);
                if (random.Next(4) == 0)
                {
                    // The remover gets its turn.
                    await Task.Yield();
                }
            }
        }

        async Task RemoveAsync()
        {
            for (var i = 0; i < rounds; i++)
            {
                await RemoveOnceAsync();
            }
        }

        async Task RemoveOnceAsync()
        {
            var watch = WatchOf(1, 2, 3);
            await _committer.WatchAsync(watch).Guarded();
            var seen = _sequencer.Current.Sequence;
            var version = (ulong)Interlocked.Increment(ref lastVersion);
            if (await TryRemoveAsync(watch, version, 0, 1, 2) == WatchedOutcome.Published)
            {
                removals.Add(version, seen);
            }

            _committer.EndWatch(watch);
        }
    }

    bool ICommitGate.TryReserve(long bytes)
    {
        Interlocked.Add(ref _reserved, _isFull ? 0 : bytes);
        return !_isFull;
    }

    ValueTask ICommitGate.ReserveAsync(long bytes, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _reserved, bytes);
        return ValueTask.CompletedTask;
    }

    void ICommitGate.Release(long bytes) => Interlocked.Add(ref _reserved, -bytes);

    private static KeyWatch WatchOf(params byte[] keys) => new([.. keys.Select(key => new ReadOnlyMemory<byte>([key]))]);

    private InFlightCommit Begin(ulong version, byte key)
    {
        var commit = _preparer.Prepare(new WriteBatch().Set([key], []), version);
        _sequencer.TryBegin(commit).Should().BeTrue();
        return commit;
    }

    private Task<CommitReceipt> CommitAsync(ulong version, byte key)
        => _committer.CommitAsync(new WriteBatch().Set([key], []), version, Durability.Buffered, CancellationToken.None).Guarded();

    private Task<WatchedOutcome> TryRemoveAsync(KeyWatch watch, ulong version, params int[] required)
    {
        watch.Required = required;
        var batch = new WriteBatch();
        foreach (var index in required)
        {
            batch.Remove([(byte)(index + 1)]);
        }

        return _committer.TryCommitAsync(batch, version, watch, CancellationToken.None).AsTask();
    }

    private sealed class Recorder : IPublicationSink
    {
        // Owned by the sequencer's critical section; read when all is over.
        public List<(CommitVersion Version, ulong Sequence)> Commits { get; } = [];

        public void Add(PreparedCommit commit) => Commits.Add((commit.Version, commit.Sequence));
    }
}
