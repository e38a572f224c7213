using MvStore.Remote;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>A whole store on a tier that is remote: limits, doubt, and owners that replace one another.</summary>
public sealed class RemoteTierTests
{
    private const int MaxRows = 4;

    private readonly HastyTime _time = new();
    private readonly RemoteServer _server = NewServer(TierDurability.Replicated);

    [Fact]
    public async Task A3_WhatIsAboveALimitOfTheTierIsRefusedByNameAndNothingIsApplied()
    {
        await using var store = await OpenAsync(new RemoteNetwork(_server, _time));
        (WriteBatch Batch, string Limit)[] refused =
        [
            (new WriteBatch().Set("fits", "1").Set(new string('k', 11), "1"), "The key of delta 1 has 11 bytes; the limit is 10"),
            (new WriteBatch().Set("a", new string('v', 21)), "The value of delta 0 has 21 bytes; the limit is 20"),
            (Many(MaxRows + 1), $"The batch has {MaxRows + 1} keys; the limit of one commit is {MaxRows}"),
            (new WriteBatch().Set("a", new string('v', 20)).Set("b", new string('v', 20)).Set("c", new string('v', 20)), "The batch has 63 bytes of keys and values; the limit of one commit is 60"),
        ];
        foreach (var (batch, limit) in refused)
        {
            (await Assert.ThrowsAsync<ArgumentException>(() => store.CommitAsync(batch, 1).Guarded()))
                .Message.Should().Contain(limit).And.Contain("persistent tier").And.Contain("Nothing was applied");
        }

        store.GetStatistics().PublishedSequence.Should().Be(0);
        await store.CommitAsync(Many(MaxRows), 1, Durability.Durable).Guarded();
    }

    [Fact]
    public async Task D3_SlicesAreCutToTheLimitsOfTheTierBetweenCommits()
    {
        var network = new RemoteNetwork(_server, _time);
        await using var store = await OpenAsync(network);
        for (ulong version = 1; version <= 10; version++)
        {
            await store.CommitAsync(new WriteBatch().Set($"a{version}", "1").Drop(Bytes.Of($"b{version}")), version).Guarded();
        }

        await store.FlushAsync().Guarded();
        store.GetStatistics().DurableSequence.Should().Be(10);
    }

    [Fact]
    public async Task D8_ATierThatDoesNotSyncMakesNothingDurable()
    {
        await using var store = await OpenAsync(new RemoteNetwork(NewServer(TierDurability.Process), _time));
        await Assert.ThrowsAsync<DurabilityUnavailableException>(() => store.CommitAsync(Many(1), 1, Durability.Durable).Guarded());
        await store.CommitAsync(Many(1), 1).Guarded();
        await Assert.ThrowsAsync<DurabilityUnavailableException>(() => store.WaitForDurableAsync(1).Guarded());
        await store.FlushAsync().Guarded();
        store.Evict(0);
        (await store.ReadAsync("k0")).Should().Be("v@1");
    }

    [Theory]
    [InlineData(RemoteFault.RequestLost)]
    [InlineData(RemoteFault.ReplyLost)]
    [InlineData(RemoteFault.Late)]
    [InlineData(RemoteFault.Late, RemoteFault.ReplyLost)]
    [InlineData(RemoteFault.Late, RemoteFault.Late, RemoteFault.Late)]
    [InlineData(RemoteFault.Refused, RemoteFault.ReplyLost, RemoteFault.Refused)]
    public async Task D4_ADurableCommitIsAcknowledgedOnceItIsKnownToBeThere(params RemoteFault[] faults)
    {
        var network = new RemoteNetwork(_server, _time);
        await using (var store = await OpenAsync(network))
        {
            for (ulong version = 1; version <= 3; version++)
            {
                network.PlanWrites(faults);
                await store.CommitAsync(new WriteBatch().Set("a", $"{version}"), version, Durability.Durable).Guarded();
                network.DeliverLate();
            }
        }

        await using var next = await OpenAsync(new RemoteNetwork(_server, _time));
        next.GetStatistics().DurableSequence.Should().Be(3);
        (await next.HistoryAllAsync()).Should().Equal("a=3@3", "a=2@2", "a=1@1");
    }

    [Fact]
    public async Task F4_AStoreThatWasReplacedStopsAndLosesNothingItAcknowledged()
    {
        var first = await OpenAsync(new RemoteNetwork(_server, _time));
        await first.CommitAsync(new WriteBatch().Set("a", "1"), 1, Durability.Durable).Guarded();
        first.Evict(0);
        await using var second = await OpenAsync(new RemoteNetwork(_server, _time));

        var write = await Assert.ThrowsAsync<StoreFailedException>(() => first.CommitAsync(new WriteBatch().Set("a", "x"), 2, Durability.Durable).Guarded());
        write.InnerException.Should().BeOfType<PersistentTierException>().Which.Failure.Should().Be(TierFailure.Fenced);
        (await Assert.ThrowsAsync<PersistentTierException>(() => first.GetAsync("a"u8, 1).Guarded())).Failure.Should().Be(TierFailure.Fenced);
        await Assert.ThrowsAsync<StoreFailedException>(() => first.DisposeAsync().Guarded());

        await second.CommitAsync(new WriteBatch().Set("a", "2"), 2, Durability.Durable).Guarded();
        (await second.HistoryAllAsync()).Should().Equal("a=2@2", "a=1@1");
    }

    [Fact]
    public async Task F4_AnEpochThatIsNotAboveTheLastOneOpensNothing()
    {
        await using var first = await OpenAsync(new RemoteNetwork(_server, _time), o => o.Persistence.Epoch = 7);
        (await Assert.ThrowsAsync<PersistentTierException>(() => OpenAsync(new RemoteNetwork(_server, _time), o => o.Persistence.Epoch = 7)))
            .Failure.Should().Be(TierFailure.Fenced);
        await first.CommitAsync(new WriteBatch().Set("a", "1"), 1, Durability.Durable).Guarded();
    }

    private static RemoteServer NewServer(TierDurability durability) => new(new TierCapabilities
    {
        MaxKeyLength = 10,
        MaxValueLength = 20,
        MaxBatchBytes = 60,
        MaxBatchRows = MaxRows,
        MaxReadKeys = 2,
        Durability = durability,
        ResolvesDoubt = true,
    });

    private static WriteBatch Many(int keys)
    {
        var batch = new WriteBatch();
        for (var i = 0; i < keys; i++)
        {
            batch.Set($"k{i}", "v");
        }

        return batch;
    }

    private async Task<IMultiVersionStore> OpenAsync(RemoteNetwork network, Action<MvStoreOptions>? configure = null)
        => await new MvStoreBuilder()
            .Configure(StoreFixture.Quiet)
            .Configure(configure ?? (_ => { }))
            .UseTimeProvider(_time)
            .UsePersistentTier(new RemoteTier(network))
            .OpenAsync();
}
