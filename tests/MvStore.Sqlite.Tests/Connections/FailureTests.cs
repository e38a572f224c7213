using Microsoft.Data.Sqlite;
using MvStore.Sqlite.Connections;

namespace MvStore.Sqlite.Tests.Connections;

public sealed class FailureTests : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Theory]
    [InlineData(5, false, TierFailure.Transient)]
    [InlineData(5, true, TierFailure.Transient)]
    [InlineData(6, false, TierFailure.Transient)]
    [InlineData(13, false, TierFailure.Transient)]
    [InlineData(13, true, TierFailure.Transient)]
    [InlineData(10, false, TierFailure.Fatal)]
    [InlineData(10, true, TierFailure.InDoubt)]
    [InlineData(11, false, TierFailure.Damaged)]
    [InlineData(11, true, TierFailure.Damaged)]
    [InlineData(26, false, TierFailure.Damaged)]
    [InlineData(1, false, TierFailure.Fatal)]
    [InlineData(7, false, TierFailure.Fatal)]
    [InlineData(8, true, TierFailure.Fatal)]
    [InlineData(14, false, TierFailure.Fatal)]
    [InlineData(19, false, TierFailure.Fatal)]
    public void D4_EachResultCodeIsAKindOfFailure(int code, bool whileSyncing, TierFailure expected)
        => Failures.KindOf(code, whileSyncing).Should().Be(expected);

    [Fact]
    public void D4_AFailureSaysWhatWasBeingDoneAndWithWhichCodes()
    {
        var failure = new SqliteException("disk I/O error", 10, 266);
        var reading = Failures.WhileReading(failure);
        (reading.Failure, reading.InnerException).Should().Be((TierFailure.Fatal, (Exception)failure), "nothing was being synced");
        reading.Message.Should().Be("SQLite failed while reading: disk I/O error (code 10, extended 266).");
        Failures.Translate(failure, whileSyncing: true, "committing").Failure.Should().Be(TierFailure.InDoubt);
    }

    [Fact]
    public async Task D4_AFullDiskIsTransientAndLeavesNothing()
    {
        var big = new TierBatch(1, 2, 2, [.. Enumerable.Range(0, 100).Select(i => new TierRow(Rows.Key($"k{i:D3}"), 2, 2, new byte[16_000]))]);
        await using (var tier = await _location.OpenAsync(o => o.MaxPages = 20))
        {
            await tier.ApplyAsync(new TierBatch(0, 1, 1, [Rows.Set("a", 1, 1, "x")]), default);
            for (var attempt = 0; attempt < 3; attempt++)
            {
                (await FailureOfAsync(async () => await tier.ApplyAsync(big, default))).Should().Be(TierFailure.Transient);
                (await tier.GetAsync(Rows.Keys("a", "k000"), Rows.Everything, default)).Should().ContainSingle();
            }

            await tier.ApplyAsync(new TierBatch(1, 2, 2, [Rows.Set("b", 2, 2, "fits")]), default);
        }

        await using var roomy = await _location.OpenAsync();
        await roomy.ApplyAsync(big with { PreviousSequence = 2, Sequence = 3 }, default);
    }

    [Fact]
    public async Task D4_ALockedFileIsTransientUntilItIsFree()
    {
        await using var tier = await _location.OpenAsync(o => o.BusyTimeout = TimeSpan.Zero);
        var batch = new TierBatch(0, 1, 1, [Rows.Set("a", 1, 1, "x")]);
        using (var other = OpenPlain())
        {
            Run(other, "BEGIN IMMEDIATE");
            (await FailureOfAsync(async () => await tier.ApplyAsync(batch, default))).Should().Be(TierFailure.Transient);
            (await FailureOfAsync(async () => await tier.RaiseFloorAsync(new FloorSet(1, []), [], default))).Should().Be(TierFailure.Transient);
            (await tier.GetAsync(Rows.Keys("a"), Rows.Everything, default)).Should().BeEmpty();
            Run(other, "ROLLBACK");
        }

        await tier.ApplyAsync(batch, default);
        await tier.RaiseFloorAsync(new FloorSet(1, []), [], default);
    }

    [Theory]
    [InlineData("UPDATE current SET value = x'00'")]
    [InlineData("UPDATE current SET value = NULL")]
    [InlineData("UPDATE current SET version = 4")]
    [InlineData("UPDATE current SET sequence = 3")]
    [InlineData("UPDATE current SET checksum = checksum + 4294967296")]
    [InlineData("UPDATE current SET key = x'6161'")]
    public async Task F3_AChangedRowIsDamageAndNeverAnAnswer(string change)
    {
        await using (var tier = await _location.OpenAsync())
        {
            await tier.ApplyAsync(new TierBatch(0, 5, 5, [Rows.Set("a", 5, 5, "secret")]), default);
        }

        using (var other = OpenPlain())
        {
            Run(other, change);
        }

        await using var damaged = await _location.OpenAsync();
        var scan = new TierScan(KeyRange.All, Rows.Everything, TierScanMode.Newest, ScanDirection.Reverse, 5);
        (await FailureOfAsync(async () => await damaged.GetAsync(Rows.Keys("a", "aa"), Rows.Everything, default))).Should().Be(TierFailure.Damaged);
        (await FailureOfAsync(async () => await damaged.ScanAsync(scan, default))).Should().Be(TierFailure.Damaged);
        (await FailureOfAsync(async () => await damaged.ScanAsync(scan with { Mode = TierScanMode.History, Direction = ScanDirection.Forward }, default)))
            .Should().Be(TierFailure.Damaged);
    }

    [Fact]
    public async Task D4_OverwrittenPagesAreDamageAndStopWriting()
    {
        await using (var tier = await _location.OpenAsync())
        {
            await tier.ApplyAsync(
                new TierBatch(0, 1, 1, [.. Enumerable.Range(0, 3_000).Select(i => new TierRow(Rows.Key($"k{i:D5}"), 1, 1, new byte[100]))]), default);
        }

        await using (var file = File.Open(_location.Path, FileMode.Open))
        {
            // Pages from the eleventh on hold entries only: the first ten are the schema, the pointer map and the roots of the tables.
            file.Position = 10 * 16_384;
            file.Write(Enumerable.Repeat((byte)0xA5, (int)(file.Length - file.Position)).ToArray());
        }

        await using var damaged = await _location.OpenAsync();
        (await FailureOfAsync(async () => await damaged.GetAsync(Rows.Keys("k01500"), Rows.Everything, default))).Should().Be(TierFailure.Damaged);
        var batch = new TierBatch(1, 2, 2, [Rows.Set("k01500", 2, 2, "y")]);
        (await FailureOfAsync(async () => await damaged.ApplyAsync(batch, default))).Should().Be(TierFailure.Damaged);
        (await FailureOfAsync(async () => await damaged.ApplyAsync(new TierBatch(1, 2, 2, []), default)))
            .Should().Be(TierFailure.Damaged, "the first failure is kept");
    }

    [Fact]
    public async Task F3_ADamagedRowNamesItsKeyApartFromTheMessage()
    {
        var tier = await DamagedAsync("UPDATE current SET value = x'00' WHERE version = 3");
        await using var owned = tier;
        var failure = (await tier.Awaiting(t => t.GetAsync(Rows.Keys("TheKey"), Rows.Everything, default).AsTask())
            .Should().ThrowAsync<PersistentTierException>()).Which;
        failure.Key!.Value.ToArray().Should().Equal("TheKey"u8.ToArray());
        failure.Message.Should().NotContain("TheKey");
    }

    [Theory]
    [InlineData(TierScanMode.Newest, ScanDirection.Forward)]
    [InlineData(TierScanMode.Newest, ScanDirection.Reverse)]
    [InlineData(TierScanMode.History, ScanDirection.Forward)]
    public async Task F3_ADamagedRowThatHidesItselfIsNotSteppedOver(TierScanMode mode, ScanDirection direction)
    {
        await using var tier = await DamagedAsync("UPDATE current SET sequence = 900 WHERE version = 3");
        var view = new TierView(CommitVersion.Latest, 3);
        (await FailureOfAsync(async () => await tier.GetAsync(Rows.Keys("TheKey"), view, default))).Should().Be(TierFailure.Damaged);
        (await FailureOfAsync(async () => await tier.ScanAsync(new TierScan(KeyRange.All, view, mode, direction, 9), default)))
            .Should().Be(TierFailure.Damaged);
    }

    [Theory]
    [InlineData("UPDATE current SET version = 9 WHERE version = 3")]
    [InlineData("UPDATE current SET sequence = 1 WHERE version = 3")]
    [InlineData("UPDATE history SET value = x'00' WHERE version = 2")]
    public async Task F3_NothingIsReclaimedOnTheWordOfADamagedRow(string change)
    {
        await using var tier = await DamagedAsync(change);
        var step = new TierReclaimStep(new RetentionRule(new FloorSet(9, []), [], TestClassifier.Instance), null, 100);
        (await FailureOfAsync(async () => await tier.ReclaimAsync(step, default))).Should().Be(TierFailure.Damaged);
        PlainSqlite.Query(_location.Path, "SELECT count(*) FROM entry").Should().Be("3");
    }

    [Fact]
    public async Task F3_AKeyWithoutItsNewestRowIsDamageToReclamation()
    {
        await using var tier = await DamagedAsync("DELETE FROM current");
        var step = new TierReclaimStep(new RetentionRule(new FloorSet(9, []), [], TestClassifier.Instance), null, 100);
        (await FailureOfAsync(async () => await tier.ReclaimAsync(step, default))).Should().Be(TierFailure.Damaged);
        PlainSqlite.Query(_location.Path, "SELECT count(*) FROM entry").Should().Be("2");
    }

    private async Task<SqliteTier> DamagedAsync(string change)
    {
        await using (var tier = await _location.OpenAsync())
        {
            await tier.ApplyAsync(
                new TierBatch(0, 3, 3, [.. Enumerable.Range(1, 3).Select(v => Rows.Set("TheKey", (ulong)v, (ulong)v, "TheValue"))]), default);
        }

        PlainSqlite.Run(_location.Path, change).Should().Be(1);
        return await _location.OpenAsync();
    }

    [Fact]
    public async Task F8_MessagesHoldNoKeysAndNoValues()
    {
        await using var tier = await _location.OpenAsync();
        await tier.ApplyAsync(new TierBatch(0, 1, 1, [Rows.Set("TheKey", 1, 1, "TheValue")]), default);
        var thrown = await tier.Awaiting(t => t.ApplyAsync(new TierBatch(1, 2, 1, [Rows.Set("TheKey", 1, 2, "TheValue")]), default).AsTask())
            .Should().ThrowAsync<PersistentTierException>();
        thrown.Which.ToString().Should().NotContain("TheKey").And.NotContain("TheValue");
        thrown.Which.Failure.Should().Be(TierFailure.Fatal);
    }

    private static async Task<TierFailure> FailureOfAsync(Func<Task> call)
        => (await call.Should().ThrowAsync<PersistentTierException>()).Which.Failure;

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection OpenPlain()
    {
        var connection = new SqliteConnection($"Data Source={_location.Path};Pooling=False");
        connection.Open();
        return connection;
    }
}
