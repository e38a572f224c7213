using System.Diagnostics.Metrics;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>An opening that fails half way tells why, and leaves nothing open: the next one finds everything as it was.</summary>
public sealed class FailedOpeningTests
{
    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    [InlineData(StoreStorage.LoggedSqlite)]
    public async Task A12_WhenAPartOfTheHostFailsWhateverWasOpenIsClosed(StoreStorage storage)
    {
        var isBroken = false;
        var failure = new InvalidOperationException("host");
        using var factory = new BrokenFactory(failure);
        await using var fixture = await StoreFixture.OpenAsync(storage, build: builder => _ = isBroken ? builder.UseMeterFactory(factory) : builder);
        await fixture.Store.SetAsync(1, "a", "1");

        isBroken = true;
        (await Assert.ThrowsAsync<InvalidOperationException>(fixture.ReopenAsync)).Should().BeSameAs(failure);

        isBroken = false;
        if (storage != StoreStorage.None)
        {
            fixture.Tier.Disposals.Should().Be(1);
        }

        await fixture.ReopenAsync();
        (await fixture.Store.ReadAsync("a")).Should().Be(storage == StoreStorage.None ? null : "1@1");
        await fixture.Store.SetAsync(2, "a", "2");
    }

    private sealed class BrokenFactory(Exception failure) : IMeterFactory
    {
        public Meter Create(MeterOptions options) => throw failure;

        public void Dispose()
        {
        }
    }
}
