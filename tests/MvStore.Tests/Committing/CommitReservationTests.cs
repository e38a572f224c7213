using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

/// <summary>What a commit asks the gate for, and when it gives it back (contract D5).</summary>
public sealed class CommitReservationTests : ICommitGate
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Committer _committer;
    private readonly CommitSequencer _sequencer;
    private bool _isFull = true;
    private int _reservations;
    private long _reserved;

    public CommitReservationTests()
    {
        var target = new UnseenTarget();
        _sequencer = new CommitSequencer(new TierState(0, CommitVersion.Zero, FloorSet.None), new FailureLatch(), queue: null, feed: null);
        _committer = new Committer(
            new CommitLimits(new BufferOptions { MaxValueLength = 1 }),
            new CommitPreparer(classifier: null, keepsRows: false, keepsDeltas: false),
            _sequencer,
            target,
            new LateCommitChecker(_sequencer, target),
            this,
            durability: null);
    }

    long ICommitGate.FreePass => -1;

    [Fact]
    public async Task D5_ACommitBeginsOnlyOnceItWasLetInAndGivesItsRoomBack()
    {
        var commit = CommitAsync(1);
        commit.IsCompleted.Should().BeFalse();
        _sequencer.Current.Sequence.Should().Be(0, "it has not begun");

        _entered.SetResult();
        await commit.Guarded();

        _reservations.Should().Be(1);
        _reserved.Should().Be(0, "it is given back");
    }

    [Fact]
    public async Task A12_ACommitCancelledWhileItWasLetInLeavesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        var commit = CommitAsync(1, cancellation.Token);
        await cancellation.CancelAsync();
        _entered.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => commit.Guarded());
        _sequencer.Current.Sequence.Should().Be(0);
        _reserved.Should().Be(0);
    }

    [Fact]
    public async Task D5_WhatIsReplayedAsksNobody()
    {
        var batch = new WriteBatch().Set([1], new byte[2]);
        var commit = new CommitPreparer(classifier: null, keepsRows: false, keepsDeltas: false).Prepare(batch, 5);

        _committer.BeginReplayed(commit, 7);
        _committer.ApplyReplayed(commit, new FailureLatch());

        _sequencer.Current.Sequence.Should().Be(7);
        _sequencer.Current.Highest.Should().Be((CommitVersion)5);
        _reservations.Should().Be(0);
        _isFull = false;
        (await CommitAsync(6).Guarded()).Sequence.Should().Be(8);
    }

    bool ICommitGate.TryReserve(long bytes)
    {
        if (_isFull)
        {
            return false;
        }

        Reserve(bytes);
        return true;
    }

    async ValueTask ICommitGate.ReserveAsync(long bytes, CancellationToken cancellationToken)
    {
        await _entered.Task.ConfigureAwait(false);
        Reserve(bytes);
    }

    void ICommitGate.Release(long bytes) => _reserved -= bytes;

    private void Reserve(long bytes)
    {
        _reservations++;
        _reserved += bytes;
    }

    private Task<CommitReceipt> CommitAsync(ulong version, CancellationToken cancellationToken = default)
        => _committer.CommitAsync(new WriteBatch().Set([1], [1]), version, Durability.Buffered, cancellationToken).AsTask();
}
