using MvStore.Conformance;
using MvStore.Contracts;
using MvStore.Remote;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contracts;

/// <summary>What is done about each failure of a read, and about what is too much for the tier.</summary>
public sealed class TierReadsTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TierScan Scan = new(KeyRange.All, Rows.Everything, TierScanMode.Newest, ScanDirection.Forward, 10);

    private readonly FailureLatch _failure = new();
    private readonly ObservedTier _tier = new(new InMemoryTier());

    public async Task InitializeAsync()
    {
        await _tier.OpenAsync(default);
        await _tier.ApplyAsync(new TierBatch(0, 1, 1, Rows.InOrder([.. Enumerable.Range(0, 7).Select(i => Rows.Set($"{i}", 1, 1, "x"))])), default);
    }

    public async Task DisposeAsync() => await _tier.DisposeAsync();

    ValueTask IAsyncDisposable.DisposeAsync() => _tier.DisposeAsync();

    [Theory]
    [InlineData(TierFailure.Transient)]
    [InlineData(TierFailure.InDoubt)]
    public async Task D4_AReadThatFailsTransientlyIsRepeatedABoundedNumberOfTimes(TierFailure failure)
    {
        foreach (var failures in (int[])[1, 2, 3])
        {
            var left = failures;
            _tier.AnswerScan = _ => left-- > 0 ? throw new PersistentTierException(failure, "Planned.") : null;
            var read = Reads(maxAttempts: 3).ScanAsync(Scan, default).AsTask();
            if (failures < 3)
            {
                (await read).Rows.Should().HaveCount(7);
            }
            else
            {
                (await read.Awaiting(r => r).Should().ThrowAsync<PersistentTierException>()).Which.Failure.Should().Be(failure);
            }
        }

        _failure.Cause.Should().BeNull();
    }

    [Theory]
    [InlineData(TierFailure.Damaged, false)]
    [InlineData(TierFailure.Fatal, false)]
    [InlineData(TierFailure.Fenced, true)]
    public async Task D4_AnyOtherFailureOfAReadIsThrownAtOnceAndOneThatFencesStopsTheStore(TierFailure failure, bool stops)
    {
        _tier.AnswerScan = _ => throw new PersistentTierException(failure, "Planned.");
        var before = _tier.Reads;
        (await Reads(maxAttempts: 3).Awaiting(r => r.ScanAsync(Scan, default).AsTask()).Should().ThrowAsync<PersistentTierException>())
            .Which.Failure.Should().Be(failure);
        _tier.Reads.Should().Be(before + 1);
        (_failure.Cause is not null).Should().Be(stops);
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(3, 3)]
    [InlineData(7, 1)]
    public async Task B3_ManyKeysAreReadInPartsThatTheTierTakes(int maxReadKeys, int reads)
    {
        var before = _tier.Reads;
        var keys = Rows.Keys([.. Enumerable.Range(0, 7).Select(i => $"{i}")]);
        var rows = await Reads(1, new TierCapabilities { MaxReadKeys = maxReadKeys }).GetAsync(keys, Rows.Everything, default);
        rows.Select(r => Convert.ToHexString(r.Key.Span)).Should().Equal(keys.Select(k => Convert.ToHexString(k.Span)));
        _tier.Reads.Should().Be(before + reads);
    }

    [Fact]
    public async Task B11_ATierThatAnswersWithoutWaitingIsReadWithoutWaiting()
    {
        await using var tier = new InMemoryTier();
        await tier.OpenAsync(default);
        var reads = new TierReads(tier, new TierCapabilities(), _failure, Policy(1), TimeProvider.System);
        reads.ScanAsync(Scan, default).AsTask().IsCompletedSuccessfully.Should().BeTrue();
        reads.GetAsync(Rows.Keys("a"), Rows.Everything, default).AsTask().IsCompletedSuccessfully.Should().BeTrue();
    }

    private static TierRetryPolicy Policy(int maxAttempts) => new(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), maxAttempts, resolvesDoubt: false);

    private TierReads Reads(int maxAttempts, TierCapabilities? capabilities = null)
        => new(_tier, capabilities ?? new TierCapabilities(), _failure, Policy(maxAttempts), new HastyTime());
}
