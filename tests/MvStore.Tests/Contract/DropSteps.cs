using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>What tests of drops do and demand.</summary>
internal static class DropSteps
{
    private static readonly TierView Everything = new(CommitVersion.Latest, ulong.MaxValue);

    /// <summary>Two keys with three versions each, and all history is kept.</summary>
    public static async Task<StoreFixture> OpenAsync(StoreStorage storage)
    {
        var fixture = await StoreFixture.OpenAsync(storage);
        await SetAllAsync(fixture);
        return fixture;
    }

    public static async Task SetAllAsync(StoreFixture fixture)
    {
        for (var i = 1UL; i <= 3; i++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", $"{i}").Set("b", $"{i}"), i * 10).Guarded();
        }
    }

    public static async Task DropAsync(StoreFixture fixture, ulong version, params string[] keys)
    {
        var batch = new WriteBatch();
        foreach (var key in keys)
        {
            batch.Drop(Bytes.Of(key));
        }

        await fixture.Store.CommitAsync(batch, version).Guarded();
    }

    /// <summary>A drop waits for the disk, so data is always flushed; then it lies where the residency says.</summary>
    public static async Task SettleAsync(StoreFixture fixture, Residency residency)
        => await fixture.SettleAsync(residency == Residency.Buffered ? Residency.Flushed : residency);

    public static async Task RequireBelowFloorAsync(ulong requested, ulong floor, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<BelowFloorException>(() => call().Guarded());
        error.Requested.Should().Be((CommitVersion)requested);
        error.Floor.Should().Be((CommitVersion)floor);
    }

    /// <summary>Demands which versions of a key are still there: on disk, or in memory as far as a history tells.</summary>
    public static async Task RequireVersionsAsync(StoreFixture fixture, StoreStorage storage, string key, params ulong[] newestFirst)
    {
        if (storage == StoreStorage.None)
        {
            var others = (await fixture.Store.HistoryAllAsync()).Count(row => !row.StartsWith($"{key}=", StringComparison.Ordinal));
            fixture.Store.GetStatistics().BufferedVersions.Should().Be(others + newestFirst.Length);
            return;
        }

        var scan = new TierScan(KeyRange.Exactly(Bytes.Of(key)), Everything, TierScanMode.History, ScanDirection.Forward, 1_000);
        (await fixture.Tier.ScanAsync(scan, CancellationToken.None)).Rows.Select(r => r.Version.Value).Should().Equal(newestFirst);
    }
}
