namespace MvStore.Sqlite.Tests.Verifying;

public sealed class VerificationTests : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Fact]
    public async Task F3_ASoundStoreHasNoFindings()
    {
        var rows = await SampleStore.MakeAsync(_location);
        var progress = new List<VerificationProgress>();
        var report = await SqliteStoreFile.VerifyAsync(_location.Path, new SyncProgress<VerificationProgress>(progress.Add));
        report.Findings.Should().BeEmpty();
        report.Should().BeEquivalentTo(
            new { IsSound = true, IsStructureChecked = true, AreEntriesCounted = true, DurableSequence = 2UL, Rows = rows.Count + 5L });
        report.HighestVersion.Should().Be((CommitVersion)9);
        progress.Should().NotBeEmpty();
        progress[^1].Should().Be(new VerificationProgress(rows.Count + 5, rows.Count));
        _location.Files().Should().Equal("store.db", "store.db.lock");
    }

    [Theory]
    [InlineData("UPDATE current SET value = x'00' WHERE key = CAST('key0004' AS BLOB)", "entry")]
    [InlineData("UPDATE current SET value = NULL WHERE key = CAST('key0004' AS BLOB)", "entry")]
    [InlineData("UPDATE current SET value = x'' WHERE key = CAST('key0003' AS BLOB) AND version = 9", "entry")]
    [InlineData("UPDATE current SET version = 4 WHERE key = CAST('key0004' AS BLOB)", "entry")]
    [InlineData("UPDATE current SET version = 900 WHERE key = CAST('key0004' AS BLOB)", "entry")]
    [InlineData("UPDATE current SET sequence = 2 WHERE key = CAST('key0004' AS BLOB)", "entry")]
    [InlineData("UPDATE current SET sequence = 800 WHERE key = CAST('key0004' AS BLOB)", "entry")]
    [InlineData("UPDATE current SET checksum = checksum + 1 WHERE key = CAST('key0004' AS BLOB)", "entry")]
    [InlineData("UPDATE current SET key = x'00' WHERE key = CAST('key0004' AS BLOB)", "entry")]
    [InlineData("DELETE FROM current WHERE key = CAST('key0004' AS BLOB)", "entry")]
    [InlineData("INSERT INTO current VALUES (x'01', 3, 1, x'02', 0)", "entry")]
    [InlineData("DELETE FROM current WHERE key = CAST('key0003' AS BLOB)", "entry")]
    [InlineData("DELETE FROM history WHERE key = CAST('key0003' AS BLOB)", "entry")]
    [InlineData("INSERT INTO history SELECT * FROM current WHERE key = CAST('key0004' AS BLOB)", "entry")]
    [InlineData("UPDATE history SET value = x'00' WHERE key = CAST('key0003' AS BLOB)", "entry")]
    [InlineData("DROP VIEW entry", "schema")]
    [InlineData("UPDATE key_floor SET key = x'00'", "key_floor")]
    [InlineData("UPDATE key_floor SET version = 7", "key_floor")]
    [InlineData("UPDATE key_floor SET checksum = 7", "key_floor")]
    [InlineData("UPDATE dropped SET key = x'00'", "dropped")]
    [InlineData("UPDATE dropped SET version = 7", "dropped")]
    [InlineData("UPDATE dropped SET checksum = 7", "dropped")]
    [InlineData("UPDATE floor SET family = 'multi' WHERE family = 'default'", "floor")]
    [InlineData("UPDATE floor SET id = 8 WHERE family = 'source'", "floor")]
    [InlineData("UPDATE floor SET version = 2 WHERE family = 'default'", "floor")]
    [InlineData("UPDATE floor SET checksum = 2 WHERE family = 'default'", "floor")]
    [InlineData("UPDATE meta SET durable_sequence = 1", "meta")]
    [InlineData("UPDATE meta SET highest_version = 10", "meta")]
    [InlineData("UPDATE meta SET changes = 1", "meta")]
    [InlineData("UPDATE meta SET store_id = 1", "meta")]
    [InlineData("UPDATE meta SET entries = 1", "meta")]
    [InlineData("UPDATE meta SET checksum = 1", "meta")]
    [InlineData("UPDATE meta SET format_version = 1", "meta")]
    [InlineData("DELETE FROM meta", "meta")]
    [InlineData("UPDATE note SET name = 'other'", "note")]
    [InlineData("UPDATE note SET content = x'00'", "note")]
    [InlineData("UPDATE note SET content = x''", "note")]
    [InlineData("UPDATE note SET checksum = 1", "note")]
    [InlineData("INSERT INTO note VALUES ('na' || char(239) || 've', x'01', 7)", "note")]
    [InlineData("CREATE INDEX other ON current (sequence)", "schema")]
    [InlineData("DROP TABLE dropped", "schema")]
    public async Task F3_WhateverIsChangedBehindTheStoresBackIsFound(string change, string where)
    {
        await SampleStore.MakeAsync(_location);
        PlainSqlite.Run(_location.Path, change);
        var report = await SqliteStoreFile.VerifyAsync(_location.Path);
        report.IsSound.Should().BeFalse();
        report.FindingCount.Should().BeGreaterThanOrEqualTo(report.Findings.Count).And.BePositive();
        report.Findings.Should().Contain(f => f.Where == where);
        if (where is "meta" or "floor" or "key_floor" or "dropped" or "note")
        {
            await using var tier = _location.CreateTier();
            (await tier.Awaiting(t => t.OpenAsync(default).AsTask()).Should().ThrowAsync<PersistentTierException>())
                .Which.Should().Match<PersistentTierException>(
                    e => e.Failure == TierFailure.Damaged && e.Key.HasValue == (where == "key_floor" || where == "dropped"),
                    "what is read at opening decides what can be seen");
        }
    }

    [Fact]
    public async Task F3_AFindingNamesTheRowAndNotItsContent()
    {
        await SampleStore.MakeAsync(_location);
        PlainSqlite.Run(_location.Path, "UPDATE current SET value = CAST('TheValue' AS BLOB) WHERE key = CAST('key0004' AS BLOB)");
        var finding = (await SqliteStoreFile.VerifyAsync(_location.Path)).Findings.Should().ContainSingle().Subject;
        finding.Key!.Value.ToArray().Should().Equal("key0004"u8.ToArray());
        finding.Version.Should().Be((CommitVersion)5);
        finding.Problem.Should().NotContain("key0004").And.NotContain("TheValue");
        finding.ToString().Should().NotContain("key0004").And.NotContain("TheValue");
    }

    [Fact]
    public async Task F3_ANewestEntryThatLiesInTheHistoryIsFound()
    {
        await SampleStore.MakeAsync(_location);
        const string Key = "key = CAST('key0003' AS BLOB)";
        PlainSqlite.Run(
            _location.Path,
            $"""
            CREATE TEMP TABLE swap AS SELECT * FROM entry WHERE {Key};
            DELETE FROM current WHERE {Key}; DELETE FROM history WHERE {Key};
            INSERT INTO current SELECT * FROM swap WHERE version = 5; INSERT INTO history SELECT * FROM swap WHERE version = 9;
            """);
        var finding = (await SqliteStoreFile.VerifyAsync(_location.Path)).Findings.Should().ContainSingle().Subject;
        finding.Problem.Should().Contain("'current'");
        finding.Version.Should().Be((CommitVersion)9);
    }

    [Fact]
    public async Task F3_FindingsAreBoundedAndCounted()
    {
        await SampleStore.MakeAsync(_location);
        PlainSqlite.Run(_location.Path, "UPDATE current SET checksum = 1");
        var report = await SqliteStoreFile.VerifyAsync(_location.Path);
        report.Findings.Should().HaveCount(VerificationReport.MaxFindings);
        report.FindingCount.Should().Be(SampleStore.Keys + 1);
    }

    [Fact]
    public async Task F3_ADropAtOrBelowTheFloorOfItsKeyIsFound()
    {
        await using (var tier = await _location.OpenAsync())
        {
            await tier.ApplyAsync(new TierBatch(0, 1, 9, []) { Drops = [new(Rows.Key("a"), 6)] }, default);
            await tier.RaiseFloorAsync(new FloorSet(0, [], [new(Rows.Key("a"), 6)]), [new(Rows.Key("a"), 5)], default);
            await tier.RaiseFloorAsync(new FloorSet(0, [], [new(Rows.Key("a"), 6)]), [new(Rows.Key("a"), 5)], default);
        }

        (await SqliteStoreFile.VerifyAsync(_location.Path)).Findings.Should().ContainSingle(f => f.Where == "dropped");
    }

    [Fact]
    public async Task F4_AStoreInUseIsVerifiedByItsOwnerOnly()
    {
        await SampleStore.MakeAsync(_location);
        await using var tier = await _location.OpenAsync();
        await FluentActions.Awaiting(() => SqliteStoreFile.VerifyAsync(_location.Path)).Should().ThrowAsync<StoreInUseException>();
        var report = await tier.VerifyAsync();
        report.Should().BeEquivalentTo(new { IsSound = true, IsStructureChecked = true, AreEntriesCounted = true });
    }

    [Fact]
    public async Task F5_WhatIsNoStoreIsRefused()
    {
        await FluentActions.Awaiting(() => SqliteStoreFile.VerifyAsync(_location.Path)).Should().ThrowAsync<PersistentTierException>();
        _location.Files().Should().BeEmpty();
        await File.WriteAllTextAsync(_location.Path, "text");
        await FluentActions.Awaiting(() => SqliteStoreFile.VerifyAsync(_location.Path)).Should().ThrowAsync<StoreFormatException>();
    }

    [Fact]
    public async Task F3_VerificationEndsWhenAskedTo()
    {
        await SampleStore.MakeAsync(_location);
        using var cancel = new CancellationTokenSource();
        var progress = new SyncProgress<VerificationProgress>(_ => cancel.Cancel());
        await FluentActions.Awaiting(() => SqliteStoreFile.VerifyAsync(_location.Path, progress, cancel.Token))
            .Should().ThrowAsync<OperationCanceledException>();
        await using var tier = await _location.OpenAsync();
        var closing = new SyncProgress<VerificationProgress>(_ => BeginToDispose(tier));
        await FluentActions.Awaiting(() => tier.VerifyAsync(closing)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task F3_WritesMeanwhileAreNoFindings()
    {
        await using var tier = await _location.OpenAsync(o =>
        {
            o.PageBytes = 1_024;
            o.CheckpointBytes = 2_000_000;
        });
        var random = new Random(5);
        var sequence = 0UL;
        async Task WriteAsync()
        {
            sequence++;
            var keys = Enumerable.Range(0, 200).Select(_ => random.Next(5_000)).Distinct();
            var rows = Rows.InOrder(keys.Select(i => Rows.Set($"{i:D5}", sequence, sequence, "value")));
            await tier.ApplyAsync(new TierBatch(sequence - 1, sequence, sequence, rows), default);
        }

        for (var i = 0; i < 50; i++)
        {
            await WriteAsync();
        }

        var portions = 0;
        for (var run = 0; run < 3; run++)
        {
            var busy = new SyncProgress<VerificationProgress>(_ =>
            {
                portions++;
                WriteAsync().GetAwaiter().GetResult();
                var rule = new RetentionRule(new FloorSet(sequence - 10, []), [], TestClassifier.Instance);
                tier.RaiseFloorAsync(rule.Floors, [], default).AsTask().GetAwaiter().GetResult();
                tier.ReclaimAsync(new TierReclaimStep(rule, null, 1_000), default).AsTask().GetAwaiter().GetResult();
            });
            var report = await tier.VerifyAsync(busy);
            report.Findings.Should().BeEmpty();
            report.AreEntriesCounted.Should().BeFalse("the count is of one moment");
        }

        portions.Should().BeGreaterThan(15);
        (await tier.VerifyAsync()).AreEntriesCounted.Should().BeTrue();
    }

    [Fact]
    public async Task F6_NoReadOfAVerificationOutlivesItsPortion()
    {
        await SampleStore.MakeAsync(_location);
        await using var tier = await _location.OpenAsync();
        await tier.ApplyAsync(new TierBatch(2, 3, 9, []), default);
        var seen = 0;
        await tier.VerifyAsync(new SyncProgress<VerificationProgress>(_ =>
        {
            PlainSqlite.Query(_location.Path, "PRAGMA wal_checkpoint(TRUNCATE)").Should().Be("0", "a reader that is still there would make it busy");
            seen++;
        }));
        seen.Should().BeGreaterThan(0);
    }

    [Fact]
    public async Task F6_TheCheckOfTheStructureGivesWayToALongLog()
    {
        await SampleStore.MakeAsync(_location);
        await using var tier = await _location.OpenAsync(o => o.CheckpointBytes = 50_000);
        var sequence = 2UL;
        async Task WriteAsync(int bytes)
        {
            sequence++;
            await tier.ApplyAsync(new TierBatch(sequence - 1, sequence, 10, [new TierRow(Rows.Key($"z{sequence}"), 10, sequence, new byte[bytes])]), default);
        }

        await WriteAsync(100_000);
        (await tier.VerifyAsync()).IsStructureChecked.Should().BeTrue("the log has kept its size and does not grow");
        var report = await tier.VerifyAsync(new SyncProgress<VerificationProgress>(_ => WriteAsync(300_000).GetAwaiter().GetResult()));
        report.IsSound.Should().BeTrue();
        report.IsStructureChecked.Should().BeFalse();
    }

    private static void BeginToDispose(SqliteTier tier) => _ = tier.DisposeAsync().AsTask();
}
