using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class ReadIndependenceTests
{
    [Fact]
    public async Task B11_ReadsAnsweredByTheBufferCompleteAtOnceWhileAFlushAndTheTierStandStill()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await fixture.Store.SetAsync(1, "disk", "1");
        await fixture.SettleAsync(Residency.Evicted);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 2);

        using var applies = fixture.Tier.HoldApplies();
        using var reads = fixture.Tier.HoldReads();
        var flush = fixture.Store.FlushAsync().AsTask();
        await applies.Reached.Guarded();

        Guards.RequireAtOnce(fixture.Store.GetAsync("a"u8, CommitVersion.Latest));
        Guards.RequireAtOnce(fixture.Store.ContainsAsync("a"u8, CommitVersion.Latest));
        Guards.RequireAtOnce(fixture.Store.GetManyAsync([Bytes.Of("a"), Bytes.Of("b")], CommitVersion.Latest));
        Guards.RequireAtOnce(fixture.Store.GetPreviousAsync("a"u8, CommitVersion.Latest));
        using (var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest))
        {
            Guards.RequireAtOnce(snapshot.GetAsync("a"u8));
        }

        Guards.RequireAtOnce(fixture.Store.CommitAsync(new WriteBatch().Set("a", "2"), 3));
        flush.IsCompleted.Should().BeFalse();

        applies.Release();
        reads.Release();
        await flush.Guarded();
        (await fixture.Store.ReadAsync("disk")).Should().Be("1@1");
    }

    [Fact]
    public async Task B11_OnlyWhatIsNotInTheBufferWaitsForTheTier()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await fixture.Store.CommitAsync(new WriteBatch().Set("disk", "1").Set("both", "1"), 1);
        await fixture.SettleAsync(Residency.Evicted);
        await fixture.Store.SetAsync(2, "both", "2");

        using var reads = fixture.Tier.HoldReads();
        var waiting = fixture.Store.GetAsync("disk"u8, CommitVersion.Latest).AsTask();
        var old = fixture.Store.GetAsync("both"u8, 1).AsTask();
        await reads.Reached.Guarded();
        (await fixture.Store.ReadAsync("both")).Should().Be("2@2");
        waiting.IsCompleted.Should().BeFalse();

        reads.Release();
        StoreTexts.Show(await waiting.Guarded()).Should().Be("1@1");
        StoreTexts.Show(await old.Guarded()).Should().Be("1@1");
    }

    [Fact]
    public async Task B11_ReadsWithoutATierNeverWait()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(1, "a", "1");
        Guards.RequireAtOnce(fixture.Store.GetAsync("nobody"u8, CommitVersion.Latest));
        Guards.RequireAtOnce(fixture.Store.GetManyAsync([Bytes.Of("nobody")], CommitVersion.Latest));
        Guards.RequireAtOnce(fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 10));
        var rows = fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest).GetAsyncEnumerator();
        Guards.RequireAtOnce(rows.MoveNextAsync());
        await rows.DisposeAsync();
    }

    [Fact]
    public async Task B11_AReadThatWaitsForTheTierCanBeCancelled()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.SettleAsync(Residency.Evicted);
        using var cancellation = new CancellationTokenSource();
        using var reads = fixture.Tier.HoldReads();
        var read = fixture.Store.GetAsync("a"u8, CommitVersion.Latest, cancellation.Token).AsTask();
        await reads.Reached.Guarded();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
        reads.Release();
        (await fixture.Store.ReadAsync("a")).Should().Be("1@1");
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B12_GetGetManyContainsAndRangesAgreeWhicheverTierHoldsWhat(StoreStorage storage)
    {
        // 60 keys in every combination of: on disk only, in both tiers, in memory only, overwritten, deleted, late.
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 5);
        await WriteAsync(10, i => i % 2 == 0);
        await fixture.SettleAsync(Residency.Evicted);
        await WriteAsync(20, i => i % 3 == 0);
        await fixture.SettleAsync(Residency.Flushed);
        await WriteAsync(30, i => i % 5 == 0);
        await WriteAsync(15, i => i % 7 == 0);

        for (ulong at = 9; at <= 31; at++)
        {
            var rows = await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.AsOf(at)));
            ReadOnlyMemory<byte>[] keys = [.. Enumerable.Range(0, 60).Select(i => Bytes.Of($"k{i:00}"))];
            var many = await fixture.Store.GetManyAsync(keys, at);
            AnswerText.Of(many).Should().Be(AnswerText.Of(rows), "at {0}", at);
            foreach (var key in keys)
            {
                var row = await fixture.Store.GetAsync(key.Span, at);
                AnswerText.Of(row)
                    .Should().Be(AnswerText.Of(rows.Where(r => r.Key.Span.SequenceEqual(key.Span)).Cast<VersionedRow?>().FirstOrDefault()));
                (await fixture.Store.ContainsAsync(key.Span, at)).Should().Be(row is not null);
                AnswerText.Of(await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.Exactly(key.Span), ReadScope.AsOf(at))))
                    .Should().Be(row is { } r ? $"[{AnswerText.Of(r)}]" : "[]");
            }
        }

        async Task WriteAsync(ulong version, Predicate<int> chosen)
        {
            var batch = new WriteBatch();
            for (var i = 0; i < 60; i++)
            {
                if (chosen(i))
                {
                    _ = i % 4 == 0 && version > 10 ? batch.Remove($"k{i:00}") : batch.Set($"k{i:00}", $"{version}");
                }
            }

            await fixture.Store.CommitAsync(batch, version);
        }
    }
}
