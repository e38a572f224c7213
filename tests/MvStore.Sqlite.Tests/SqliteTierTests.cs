using Microsoft.Data.Sqlite;

namespace MvStore.Sqlite.Tests;

public sealed class SqliteTierTests : IAsyncLifetime
{
    private static readonly TierScan Newest = new(KeyRange.All, Rows.Everything, TierScanMode.Newest, ScanDirection.Forward, 50);

    private readonly SqliteLocation _location = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Fact]
    public async Task ATierThatIsNotOpenSaysSo()
    {
        await using var tier = _location.CreateTier();
        await tier.Awaiting(t => t.GetAsync(Rows.Keys("a"), Rows.Everything, default).AsTask()).Should().ThrowAsync<InvalidOperationException>();
        _location.Files().Should().BeEmpty("making a tier touches no file");
    }

    [Fact]
    public async Task ATierOpensOnce()
    {
        await using var tier = await _location.OpenAsync();
        await tier.Awaiting(t => t.OpenAsync(default).AsTask()).Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task NonsenseIsRefusedByName()
    {
        await using var tier = await _location.OpenAsync();
        var rule = new RetentionRule(FloorSet.None, [], TestClassifier.Instance);
        await tier.Awaiting(t => t.ScanAsync(Newest with { MaxRows = 0 }, default).AsTask()).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await tier.Awaiting(t => t.ScanAsync(Newest with { MaxExamined = 0 }, default).AsTask()).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await tier.Awaiting(t => t.ScanAsync(Newest with { Mode = TierScanMode.History, Direction = ScanDirection.Reverse }, default).AsTask())
            .Should().ThrowAsync<ArgumentException>();
        await tier.Awaiting(t => t.ReclaimAsync(new TierReclaimStep(rule, null, 0), default).AsTask()).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Fact]
    public async Task B9_APageLooksAtABoundedNumberOfRows()
    {
        await using var tier = await _location.OpenAsync();
        await tier.ApplyAsync(
            new TierBatch(0, 1, 9, [.. Enumerable.Range(0, 1_000).Select(i => Rows.Set($"k{i:D4}", 9, 1, "hidden"))]), default);
        foreach (var view in (TierView[])[new(5, 5), new(9, 0)])
        {
            foreach (var mode in Enum.GetValues<TierScanMode>())
            {
                var page = await tier.ScanAsync(Newest with { View = view, Mode = mode, MaxExamined = 100 }, default);
                RequireEmptyPage(page, "k0099", examined: 100);
            }

            var reverse = await tier.ScanAsync(Newest with { View = view, Direction = ScanDirection.Reverse, MaxExamined = 100 }, default);
            RequireEmptyPage(reverse, "k0900", examined: 100);
        }
    }

    [Theory]
    [InlineData(TierScanMode.Newest, ScanDirection.Forward)]
    [InlineData(TierScanMode.Newest, ScanDirection.Reverse)]
    [InlineData(TierScanMode.History, ScanDirection.Forward)]
    public async Task B9_APageLooksAtABoundedNumberOfRowsOfOneKey(TierScanMode mode, ScanDirection direction)
    {
        const int Hidden = 1_000;
        await using var tier = await _location.OpenAsync();
        TierRow[] rows = [Rows.Set("k", 1, 1, "x"), .. Enumerable.Range(2, Hidden).Select(v => Rows.Set("k", (ulong)v, 2, "late"))];
        await tier.ApplyAsync(new TierBatch(0, 2, Hidden + 1, rows), default);
        var scan = Newest with { View = new TierView(2_000, 1), Mode = mode, Direction = direction, MaxExamined = 100 };

        var page = await tier.ScanAsync(scan, default);
        page.Next!.Value.IsInsideKey.Should().BeTrue();
        RequireEmptyPage(page, "k", examined: 100);
        var pages = await TierPaging.ReadPagesAsync(tier, scan);
        Rows.Texts(pages.SelectMany(p => p.Rows)).Should().Equal("6B@1#1=78");
        pages.Should().HaveCountGreaterThanOrEqualTo(Hidden / 100);
        pages.Sum(p => p.Examined).Should().BeLessThan(Hidden + 50, "no page begins anew");
    }

    [Fact]
    public async Task F6_NoReadOutlivesItsCall()
    {
        await using var tier = await _location.OpenAsync();
        await tier.ApplyAsync(new TierBatch(0, 1, 1, [.. Enumerable.Range(0, 100).Select(i => Rows.Set($"{i:D3}", 1, 1, "x"))]), default);
        await tier.ScanAsync(Newest with { MaxRows = 1 }, default);
        await tier.ScanAsync(Newest with { Mode = TierScanMode.History, MaxRows = 1 }, default);
        await tier.GetAsync(Rows.Keys("001", "002"), Rows.Everything, default);
        using var other = OpenPlain();
        Scalar(other, "PRAGMA wal_checkpoint(TRUNCATE)").Should().Be(0L, "a reader that is still there would make it busy");
        new FileInfo(_location.Path + "-wal").Length.Should().Be(0);
    }

    [Fact]
    public async Task F6_TheLogStaysBoundedUnderALongRead()
    {
        const int Limit = 200_000;
        await using var tier = await _location.OpenAsync(o => o.CheckpointBytes = Limit);
        var sequence = 0UL;
        async Task WriteAsync(int slices)
        {
            for (var i = 0; i < slices; i++, sequence++)
            {
                var row = new TierRow(Rows.Key($"{sequence:D6}"), 1, sequence + 1, new byte[20_000]);
                await tier.ApplyAsync(new TierBatch(sequence, sequence + 1, 1, [row]), default);
            }
        }

        using (var other = OpenPlain())
        {
            Scalar(other, "BEGIN; SELECT count(*) FROM entry");
            await WriteAsync(50);
            LogLength().Should().BeGreaterThan(Limit * 16, "the reader may look at any of it");
            Scalar(other, "COMMIT");
        }

        await WriteAsync(50);
        LogLength().Should().BeLessThan(Limit * 2, "a log that has become so long gives its space back");
        using var after = OpenPlain();
        Scalar(after, "SELECT count(*) FROM entry").Should().Be(100L);
    }

    [Fact]
    public async Task F6_TheLogIsUsedAgainFromItsBeginning()
    {
        const int Limit = 200_000;
        await using var tier = await _location.OpenAsync(o => o.CheckpointBytes = Limit);
        for (var sequence = 0UL; sequence < 200; sequence++)
        {
            var row = new TierRow(Rows.Key($"{sequence:D6}"), 1, sequence + 1, new byte[20_000]);
            await tier.ApplyAsync(new TierBatch(sequence, sequence + 1, 1, [row]), default);
        }

        LogLength().Should().BeInRange(1, Limit * 2);
        new FileInfo(_location.Path).Length.Should().BeGreaterThan(190 * 20_000, "what was in the log is in the file");
    }

    [Fact]
    public async Task D9_AReadAfterDisposalSaysSo()
    {
        var tier = await _location.OpenAsync();
        await tier.GetAsync(Rows.Keys("a"), Rows.Everything, default);
        await tier.DisposeAsync();
        await tier.Awaiting(t => t.GetAsync(Rows.Keys("a"), Rows.Everything, default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        await tier.Awaiting(t => t.ScanAsync(Newest, default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        await using var never = _location.CreateTier();
        await never.DisposeAsync();
        await never.Awaiting(t => t.GetAsync(Rows.Keys("a"), Rows.Everything, default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task F2_MoreReadsThanConnectionsTakeTurns()
    {
        await using var tier = await _location.OpenAsync(o => o.MaxReadConnections = 2);
        await tier.ApplyAsync(new TierBatch(0, 1, 1, [.. Enumerable.Range(0, 200).Select(i => Rows.Set($"{i:D3}", 1, 1, "x"))]), default);
        await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, token) =>
            (await tier.ScanAsync(Newest, token)).Rows.Should().HaveCount(50));
    }

    [Fact]
    public async Task D9_DisposeWaitsForRunningCalls()
    {
        var tier = await _location.OpenAsync(o => o.MaxReadConnections = 1);
        await tier.ApplyAsync(new TierBatch(0, 1, 1, [.. Enumerable.Range(0, 2_000).Select(i => Rows.Set($"{i:D4}", 1, 1, "x"))]), default);
        var waiting = 4;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var complete = 0;
            try
            {
                while (true)
                {
                    (await tier.ScanAsync(Newest with { MaxRows = 5_000 }, default)).Rows.Should().HaveCount(2_000);
                    if (complete++ == 0 && Interlocked.Decrement(ref waiting) == 0)
                    {
                        started.SetResult();
                    }
                }
            }
            catch (ObjectDisposedException)
            {
                return complete;
            }
        })).ToArray();

        await Task.WhenAny([started.Task, .. readers]);
        await Task.WhenAll(tier.DisposeAsync().AsTask(), tier.DisposeAsync().AsTask());
        (await Task.WhenAll(readers)).Should().OnlyContain(n => n > 0);
        _location.Files().Should().Equal(["store.db", "store.db.lock"], "the last connection closed cleanly");
    }

    [Fact]
    public async Task F1_AToolCanReadWhileTheStoreIsOpen()
    {
        await using var tier = await _location.OpenAsync();
        await tier.ApplyAsync(new TierBatch(0, 1, 1, [Rows.Set("a", 1, 1, "x")]), default);
        using (var other = OpenPlain())
        {
            Scalar(other, "SELECT count(*) FROM entry").Should().Be(1L);
        }

        await tier.ApplyAsync(new TierBatch(1, 2, 2, [Rows.Set("a", 2, 2, "y")]), default);
    }

    private static void RequireEmptyPage(TierPage page, string key, int examined)
    {
        page.Rows.Should().BeEmpty();
        page.Examined.Should().Be(examined);
        page.Next!.Value.Key.ToArray().Should().Equal(Rows.Key(key).ToArray());
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private long LogLength() => new FileInfo(_location.Path + "-wal").Length;

    private SqliteConnection OpenPlain()
    {
        var connection = new SqliteConnection($"Data Source={_location.Path};Pooling=False");
        connection.Open();
        return connection;
    }
}
