using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Flushing;

/// <summary>The copies of slices lie in pooled arrays: each is given back, whatever becomes of its slice (I65).</summary>
[Collection(nameof(ProcessEpochs))]
public sealed class SliceMemoryTests
{
    private const ulong Commits = 3;
    private const int ValueBytes = 3 << 20;

    // What the pool has for such a value and its key.
    private const int ArrayLength = 4 << 20;

    [Fact]
    public async Task I65_CopiesAreGivenBackWhenTheirSlicesAreWritten()
    {
        await using var fixture = await OpenAsync();
        using var pool = new PoolWatch(ArrayLength);
        await fixture.Store.FlushAsync().Guarded();
        await fixture.Store.DisposeAsync().Guarded();

        fixture.Tier.Applied.Should().HaveCount((int)Commits);
        pool.RentedCount.Should().Be((int)Commits);
        pool.ReturnedCount.Should().Be((int)Commits);
    }

    [Fact]
    public async Task I65_CopiesAreGivenBackWhenASliceFailsForGood()
    {
        await using var fixture = await OpenAsync();
        fixture.LosesCommits = true;
        using var pool = new PoolWatch(ArrayLength);
        fixture.Tier.FailNextApplies(new PersistentTierException(TierFailure.InDoubt, "The sync failed."));
        await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.FlushAsync().Guarded());
        await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.DisposeAsync().Guarded());

        pool.RentedCount.Should().Be(2, "one slice was written, and the one behind it was copied meanwhile");
        pool.ReturnedCount.Should().Be(2);
    }

    private static async Task<StoreFixture> OpenAsync()
    {
        var fixture = await StoreFixture.OpenAsync(configure: o =>
        {
            o.Flush.MaxSliceBytes = 1;
            o.CommitLog.Enabled = false;
        });
        for (ulong version = 1; version <= Commits; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("key"u8, new byte[ValueBytes]), version).Guarded();
        }

        return fixture;
    }
}
