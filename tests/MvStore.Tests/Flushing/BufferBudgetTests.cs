using MvStore.Contracts;
using MvStore.Flushing;

namespace MvStore.Tests.Flushing;

/// <summary>When eviction begins, and down to where it goes (contract D5): what else takes memory counts, and what waits to be flushed gets room.</summary>
public sealed class BufferBudgetTests : IEvictable, IPublicationSource, IReadMemory, IUnflushed
{
    private const long Budget = 1_000;
    private const long Limit = 1_600;

    private long _used;
    private long _others;
    private long _waiting;
    private long _goes;
    private long? _target;

    long IEvictable.AccountedBytes => _used;

    long IEvictable.UsedBytes => _used;

    long IReadMemory.HeldBytes => _others;

    long IUnflushed.HeldBytes => 0;

    long IUnflushed.WaitingBytes => _waiting;

    Exception? IUnflushed.LastFailure => null;

    Publication IPublicationSource.Current => new(1, 1, 1, 0);

    [Theory]
    [InlineData(1_000, 0, 0, null)]
    [InlineData(1_001, 0, 0, 800L)]
    [InlineData(900, 100, 0, null)]
    [InlineData(901, 100, 0, 700L)]
    [InlineData(1_001, 0, 50, 600L)]
    [InlineData(1_001, 100, 50, 500L)]
    [InlineData(1_001, 0, 149, 204L)]
    [InlineData(1_001, 0, 151, 200L)]
    [InlineData(1_001, 150, 1_000, 50L)]
    [InlineData(1_001, 300, 1_000, 0L)]
    public void D5_WhatIsOverTheBudgetGoesDownToWhereThereIsRoomForWhatWaits(long used, long others, long waiting, long? target)
    {
        (_used, _others, _waiting) = (used, others, waiting);
        Make().Enforce(wantedBytes: 0, CancellationToken.None).Should().BeFalse("nothing could go");
        _target.Should().Be(target);
    }

    [Theory]
    [InlineData(10, 0, 800)]
    [InlineData(600, 0, 800)]
    [InlineData(601, 0, 799)]
    [InlineData(900, 100, 400)]
    [InlineData(1_600, 0, 0)]
    public void D5_ACommitThatWaitsForRoomGetsItWhateverTheBudget(long wanted, long others, long target)
    {
        (_used, _others) = (1, others);
        Make().Enforce(wanted, CancellationToken.None);
        _target.Should().Be(target);
    }

    [Fact]
    public void D5_ItTellsWhetherMemoryBecameFree()
    {
        _used = 1_200;
        _goes = 1;
        Make().Enforce(wantedBytes: 0, CancellationToken.None).Should().BeTrue();
    }

    long IEvictable.Evict(long targetBytes, ulong durable, CommitVersion visible, CancellationToken cancellationToken)
    {
        _target = targetBytes;
        _used -= _goes;
        return _goes;
    }

    private BufferBudget Make() => new(this, durability: null, this, this, this, Budget, Limit);
}
