using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Changes;

/// <summary>
/// A consumer is told of each commit without another one having to come, whenever it comes: the real feed over the real ring, and a commit that is published at a given look of its loop. The loop asks how far durability is just after it has looked
/// for commits, which is where these come in between.
/// </summary>
public sealed class ChangeWakingTests : IDurability, IRoom
{
    private const int Many = 16;

    private static readonly TierState Nothing = new(0, CommitVersion.Zero, FloorSet.None);

    private readonly CommitPreparer _preparer = new(classifier: null, keepsRows: false, keepsDeltas: false);
    private readonly ChangeTracker _tracker = new(Nothing, []);
    private readonly CommitSequencer _sequencer;
    private int _looks;
    private int _publishesAt;
    private int _publishes = 1;
    private readonly List<long> _measured = [];

    public ChangeWakingTests() => _sequencer = new CommitSequencer(Nothing, new FailureLatch(), queue: null, feed: null, changes: _tracker);

    ulong IDurability.Sequence
    {
        get
        {
            if (++_looks == _publishesAt)
            {
                Publish(_publishes);
            }

            return _sequencer.Current.Sequence;
        }
    }

    CommitVersion IDurability.HighestVersion => _sequencer.Current.Highest;

    CommitVersion IDurability.Version => _sequencer.Current.Highest;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task I50_ACommitThatComesBehindALookIsTold(int look)
    {
        await using var commits = Follow();
        for (var round = 1UL; round <= 3; round++)
        {
            // The first look finds nothing; the second one comes after the wait was prepared, and then the loop waits.
            _publishesAt = _looks + look;
            (await NextAsync(commits)).Should().Be(round);
        }
    }

    [Fact]
    public async Task I50_WhatComesWhileAConsumerRestsIsToldAfterTheRest()
    {
        await using var commits = Follow();
        (_publishesAt, _publishes) = (2, Many);
        for (var commit = 1UL; commit <= Many; commit++)
        {
            (await NextAsync(commits)).Should().Be(commit);
        }

        // Now a rest is due, and begins behind this look.
        (_publishesAt, _publishes) = (_looks + 1, 1);
        (await NextAsync(commits)).Should().Be(Many + 1);
    }

    [Fact]
    public async Task I50_AllWhoWaitAreWoken()
    {
        await using var first = Follow();
        await using var second = Follow();
        for (var round = 1UL; round <= 3; round++)
        {
            var firstNext = NextAsync(first);
            var secondNext = NextAsync(second);
            (firstNext.IsCompleted, secondNext.IsCompleted).Should().Be((false, false));
            Publish(1);
            (await firstNext).Should().Be(round);
            (await secondNext).Should().Be(round);
        }
    }

    [Fact]
    public async Task I69_MemoryIsMeasuredWhenTheRingHasComeAndWhenItHasGone()
    {
        await using (var commits = Follow())
        {
            _publishesAt = 1;
            await NextAsync(commits);
            _measured.Should().ContainSingle().Which.Should().BePositive();
        }

        _measured.Should().HaveCount(2);
        _measured[^1].Should().Be(0);
    }

    void IDurability.Bring(ulong sequence)
    {
    }

    ValueTask<CommitReceipt> IDurability.WaitAsync(ulong sequence, CommitVersion version, CancellationToken cancellationToken)
        => throw new InvalidOperationException("All that is published is durable.");

    bool IRoom.IsShort(StallReason what) => false;

    long IRoom.WantedBytes(StallReason what) => 0;

    void IRoom.Remeasure() => _measured.Add(_tracker.Tail.HeldBytes);

    private static async Task<ulong> NextAsync(IAsyncEnumerator<ChangeCommit> commits)
    {
        (await commits.MoveNextAsync().Guarded()).Should().BeTrue();
        return commits.Current.Position.Sequence;
    }

    // It never reads history: everything is in the ring.
    private IAsyncEnumerator<ChangeCommit> Follow()
        => new ChangeFeed(_sequencer, _tracker, new ChangeLineages([], notes: null), scan: null!, this, new StoreLifetime(), this)
            .ReadAsync(ChangePosition.Beginning, new ChangeReadOptions { DurableOnly = true }, CancellationToken.None)
            .GetAsyncEnumerator();

    private void Publish(int commits)
    {
        for (var i = 0; i < commits; i++)
        {
            var commit = _preparer.Prepare(new WriteBatch().Set("a", "1"), _sequencer.Current.Sequence + 1);
            _sequencer.TryBegin(commit).Should().BeTrue();
            commit.Ring?.Fill(commit, commit.RingStart);
            _sequencer.Complete(commit);
        }
    }
}
