using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract D5, D6: what leaves memory is gone from it, down to the last byte.</summary>
public sealed class MemoryTests
{
    private const int Keys = 100_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task D6_WhenEverythingHasLeftMemoryItsBytesAreThoseOfTheBeginning(bool reclaimsDeletedKeys)
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o =>
        {
            o.GarbageCollection.RetainVersions = 0;
            o.GarbageCollection.ReclaimDeletedKeys = reclaimsDeletedKeys;
        });
        var store = fixture.Store;
        var before = store.LiveBytes();
        ulong version = 0;
        for (var round = 0; round < 2; round++)
        {
            await WriteAsync((batch, key, i) => batch.Set(key, new byte[i % 700]));
            await WriteAsync((batch, key, i) => _ = i % 3 == 0 ? batch.Set(key, new byte[i % 100]) : batch);
            await WriteAsync((batch, key, i) => _ = i % 16 == 0 ? batch.Set(key, new byte[20_000 + i]) : batch);
            store.CheckMemory();
            store.LiveBytes().Should().BeGreaterThan(before + (Keys * 300L));
            await WriteAsync((batch, key, _) => batch.Remove(key));
            await store.FlushAsync().Guarded();
            await store.ReclaimAsync().Guarded();
            store.CheckMemory();
            store.GetStatistics().BufferedVersions.Should().Be(reclaimsDeletedKeys ? 0 : Keys, "the deletions are left, or went too");

            store.Evict(0);

            store.CheckMemory();
            store.GetStatistics().BufferedBytes.Should().Be(0);
            store.GetStatistics().BufferedKeys.Should().Be(0);
            store.LiveBytes().Should().Be(before);
        }

        async Task WriteAsync(Action<WriteBatch, byte[], int> write)
        {
            const int PerBatch = 25_000;
            version++;
            for (var first = 0; first < Keys; first += PerBatch)
            {
                var batch = new WriteBatch();
                for (var i = first; i < first + PerBatch; i++)
                {
                    write(batch, Bytes.Of((ulong)(i * 7919L % Keys)), i);
                }

                await store.CommitAsync(batch, version++).Guarded();
            }
        }
    }

    [Fact]
    public async Task D6_InMemoryOnlyWhatIsReclaimedGivesItsBytesBack()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.GarbageCollection.RetainVersions = 0);
        var store = fixture.Store;
        await WriteAsync(1);
        var before = store.LiveBytes();
        for (ulong version = 2; version < 60; version++)
        {
            await WriteAsync(version);
        }

        store.LiveBytes().Should().BeGreaterThan(before * 20);
        await store.ReclaimAsync().Guarded();
        store.CheckMemory();

        // Entries that were born inside their records are apart from them now.
        store.LiveBytes().Should().BeLessThan(before * 2);

        async Task WriteAsync(ulong version)
        {
            var batch = new WriteBatch();
            for (var i = 0; i < 1_000; i++)
            {
                batch.Set(Bytes.Of((ulong)i), new byte[100]);
            }

            await store.CommitAsync(batch, version).Guarded();
        }
    }

    [Fact]
    public async Task D9_DisposingGivesAllMemoryBack()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        var heap = StoreMemory.Of(fixture.Store).Heap;
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", new string('x', 5_000_000)), 1);
        heap.ReservedBytes.Should().BePositive();
        await fixture.Store.DisposeAsync().Guarded();

        // At the latest when the last reader of any store, in other tests that run now, has left.
        for (var i = 0; i < 1_000_000 && heap.ReservedBytes > 0; i++)
        {
            Unmanaged.HeapExtensions.LeaveAnEpoch();
        }

        heap.ReservedBytes.Should().Be(0);
    }
}
