using Xunit.Abstractions;

namespace MvStore.Sqlite.Tests.Copying;

public sealed class BackupTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();

    private string Target => _location.Path + ".backup";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Fact]
    public async Task F7_ABackupIsAStoreWithEverything()
    {
        var rows = await Verifying.SampleStore.MakeAsync(_location);
        var progress = new List<BackupProgress>();
        await using (var tier = await _location.OpenAsync())
        {
            var report = await tier.BackUpAsync(Target, new SyncProgress<BackupProgress>(progress.Add));
            report.Should().Be(new BackupReport(2, 9, new FileInfo(Target).Length));
        }

        progress[^1].CopiedBytes.Should().Be(progress[^1].TotalBytes).And.BePositive();
        _location.Files().Should().Equal("store.db", "store.db.backup", "store.db.backup.lock", "store.db.lock");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Target).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (await SqliteStoreFile.VerifyAsync(Target)).Should().BeEquivalentTo(new { IsSound = true, Rows = rows.Count + 5L });
        await using var backup = new SqliteTier(new SqliteTierOptions(Target));
        var state = await backup.OpenAsync(default);
        state.DurableSequence.Should().Be(2);
        state.HighestVersion.Should().Be((CommitVersion)9);
        state.Floors.Default.Should().Be((CommitVersion)3);
        state.Floors.Of(EntryKind.Source(7)).Should().Be((CommitVersion)2);
        state.Floors.ByKey.Of("key0001"u8).Should().Be((CommitVersion)6);
        state.Drops.Should().ContainSingle().Which.Version.Should().Be((CommitVersion)8);
        state.Notes.Should().ContainSingle().Which.Key.Should().Be("sample");
        Rows.Texts(await HistoryAsync(backup)).Should().Equal(Rows.Texts(InHistoryOrder(rows)));
        await backup.ApplyAsync(new TierBatch(2, 3, 10, [Rows.Set("new", 10, 3, "goes on")]), default);
    }

    [Fact]
    public async Task F7_ABackupIsAStoreOfItsOwn()
    {
        await using var tier = await _location.OpenAsync();
        await tier.BackUpAsync(Target);
        const string Id = "SELECT store_id FROM meta";
        PlainSqlite.Query(Target, Id).Should().NotBe(PlainSqlite.Query(_location.Path, Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    [InlineData("-journal")]
    public async Task F7_ABackupOverwritesNothing(string suffix)
    {
        await using var tier = await _location.OpenAsync();
        await File.WriteAllTextAsync(Target + suffix, "precious");
        (await tier.Awaiting(t => t.BackUpAsync(Target)).Should().ThrowAsync<PersistentTierException>())
            .Which.Failure.Should().Be(TierFailure.Fatal);
        (await File.ReadAllTextAsync(Target + suffix)).Should().Be("precious");
        await tier.Awaiting(t => t.BackUpAsync(_location.Path)).Should().ThrowAsync<PersistentTierException>();
        await tier.Awaiting(t => t.BackUpAsync(Path.Combine(_location.Path, "missing", "b"))).Should().ThrowAsync<PersistentTierException>();
        await tier.ApplyAsync(new TierBatch(0, 1, 1, [Rows.Set("a", 1, 1, "the store goes on")]), default);
    }

    [Fact]
    public async Task F7_ACancelledBackupLeavesNothing()
    {
        await Verifying.SampleStore.MakeAsync(_location);
        await using var tier = await _location.OpenAsync();
        await tier.ApplyAsync(new TierBatch(2, 3, 9, [new TierRow(Rows.Key("big"), 9, 3, new byte[20_000_000])]), default);
        using var cancel = new CancellationTokenSource();
        await tier.Awaiting(t => t.BackUpAsync(Target, new SyncProgress<BackupProgress>(_ => cancel.Cancel()), cancel.Token))
            .Should().ThrowAsync<OperationCanceledException>();
        _location.Files().Should().NotContain(name => name!.Contains(".backup", StringComparison.Ordinal) && !name.EndsWith(".lock", StringComparison.Ordinal));
        await tier.Awaiting(t => t.BackUpAsync(Target, new SyncProgress<BackupProgress>(_ => BeginToDispose(tier))))
            .Should().ThrowAsync<ObjectDisposedException>();
        File.Exists(Target).Should().BeFalse();
    }

    [Fact]
    public async Task F7_WhatAnInterruptedBackupLeftIsReplaced()
    {
        await File.WriteAllTextAsync(Target + ".mvstore-new", "half a backup");
        await using var tier = await _location.OpenAsync();
        await tier.BackUpAsync(Target);
        (await SqliteStoreFile.VerifyAsync(Target)).IsSound.Should().BeTrue();
    }

    [Fact]
    public async Task F6_WritesBetweenTheStepsNeitherRestartTheBackupNorGrowTheLog()
    {
        const int Limit = 1_000_000;
        await using var tier = await _location.OpenAsync(o => o.CheckpointBytes = Limit);
        var sequence = 1UL;
        await tier.ApplyAsync(new TierBatch(0, 1, 1, Large(300)), default);
        var steps = 0;
        var longest = 0L;
        var report = await tier.BackUpAsync(Target, new SyncProgress<BackupProgress>(p =>
        {
            for (var i = 0; i < 10; i++, sequence++)
            {
                var row = new TierRow(Rows.Key($"w{sequence:D6}"), sequence + 1, sequence + 1, new byte[50_000]);
                tier.ApplyAsync(new TierBatch(sequence, sequence + 1, sequence + 1, [row]), default).AsTask().GetAwaiter().GetResult();
            }

            steps++;
            longest = Math.Max(longest, new FileInfo(_location.Path + "-wal").Length);
        }));
        steps.Should().BeInRange(8, 14);
        longest.Should().BeLessThan(Limit * 2);
        report.DurableSequence.Should().Be(sequence - 10, "the writes after the last step are not in it");
        (await SqliteStoreFile.VerifyAsync(Target)).Should().BeEquivalentTo(new { IsSound = true, Rows = 300L + (long)report.DurableSequence - 1 });
    }

    [Fact]
    public async Task F7_AWriteThatIsRolledBackBetweenTwoStepsIsNotInTheBackup()
    {
        await using var tier = await _location.OpenAsync(o => o.WriteCacheBytes = 1_048_576);
        await tier.ApplyAsync(new TierBatch(0, 1, 1, Large(200)), default);
        var failed = 0;
        await tier.BackUpAsync(Target, new SyncProgress<BackupProgress>(_ =>
        {
            if (failed == 2)
            {
                return;
            }

            // More than fits the cache, so that pages are in the log, and in the copy, when the last row fails.
            TierRow[] rows = [.. Enumerable.Range(0, 50).Select(i => new TierRow(Rows.Key($"0000-{i:D4}"), 2, 2, new byte[100_000])), Large(200)[^1]];
            var batch = new TierBatch(1, 2, 2, rows);
            FluentActions.Invoking(() => tier.ApplyAsync(batch, default).AsTask().GetAwaiter().GetResult()).Should().Throw<PersistentTierException>();
            failed++;
        }));
        failed.Should().Be(2);
        (await SqliteStoreFile.VerifyAsync(Target)).Should().BeEquivalentTo(new { IsSound = true, Rows = 200L, DurableSequence = 1UL });
    }

    [Fact]
    public async Task F7_BackupsOfABusyStoreHoldAWholePrefix()
    {
        var options = new SqliteTierOptions(_location.Path) { PageBytes = 1_024, CheckpointBytes = 500_000 };
        var tier = new SqliteTier(options);
        await using var store = await new MvStoreBuilder()
            .Configure(o =>
            {
                o.Flush.MaxEntries = 200;
                o.GarbageCollection.RetainVersions = 200;
                o.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
            })
            .UsePersistentTier(tier)
            .OpenAsync();
        using var stop = new CancellationTokenSource();
        var acknowledged = 0UL;
        var writer = Task.Run(async () =>
        {
            for (var version = 1UL; !stop.IsCancellationRequested; version++)
            {
                await store.CommitAsync(BatchOf(version), version, version % 16 == 0 ? Durability.Durable : Durability.Buffered);
                if (version % 16 == 0)
                {
                    Volatile.Write(ref acknowledged, version);
                }

                if (version % 500 == 0)
                {
                    await store.ReclaimAsync();
                }
            }
        });

        var durable = new List<ulong>();
        for (var i = 0; i < 12; i++)
        {
            var path = $"{Target}{i}";
            while (Volatile.Read(ref acknowledged) < (ulong)(i + 1) * 160)
            {
                await Task.Yield();
            }

            var before = Volatile.Read(ref acknowledged);
            var report = await tier.BackUpAsync(path);
            report.HighestVersion.Value.Should().BeGreaterThanOrEqualTo(before, "what was acknowledged before is in it");
            report.DurableSequence.Should().Be(report.HighestVersion.Value, "here each version is a publication");
            durable.Add(report.DurableSequence);
            (await SqliteStoreFile.VerifyAsync(path)).Findings.Should().BeEmpty();
            await RequirePrefixAsync(path, report.HighestVersion.Value);
        }

        await stop.CancelAsync();
        await writer;
        output.WriteLine($"Backups at {string.Join(", ", durable)}");
        durable.Should().BeInAscendingOrder();
    }

    private static TierRow[] Large(int rows)
        => [.. Enumerable.Range(0, rows).Select(i => new TierRow(Rows.Key($"{i:D4}"), 1, 1, new byte[100_000]))];

    private static void BeginToDispose(SqliteTier tier) => _ = tier.DisposeAsync().AsTask();

    // A counter that every commit writes, and one of forty keys in turn, now and then deleted; every tenth commit drops one of them.
    private static WriteBatch BatchOf(ulong version)
    {
        var key = Rows.Key($"key{version % 40}").Span;
        var batch = new WriteBatch().Set("counter"u8, BitConverter.GetBytes(version));
        _ = version % 7 == 0 ? batch.Remove(key) : batch.Set(key, BitConverter.GetBytes(version));
        return version % 10 == 0 ? batch.Drop(Rows.Key($"key{(version + 5) % 40}").Span) : batch;
    }

    private static async Task RequirePrefixAsync(string path, ulong last)
    {
        await using var store = await new MvStoreBuilder().UseSqlite(path).OpenAsync();
        store.VisibleVersion.Value.Should().Be(last);
        store.DurableVersion.Value.Should().Be(last);
        var floor = store.GetFloor().Value;
        for (var at = Math.Max(floor, last > 60 ? last - 60 : 1); at <= last; at++)
        {
            var row = await store.GetAsync("counter"u8, at);
            BitConverter.ToUInt64(row!.Value.Value.Span).Should().Be(at);
        }

        for (var i = 0UL; i < 40; i++)
        {
            var newest = last - ((last - i) % 40); // the last version that wrote the key
            var row = await store.GetAsync(Rows.Key($"key{i}").Span, CommitVersion.Latest);
            var expected = newest % 7 == 0 ? 0 : newest;
            (row is { } found ? BitConverter.ToUInt64(found.Value.Span) : 0).Should().Be(expected, "of key {0} at {1}", i, last);
        }
    }

    private static async Task<IReadOnlyList<TierRow>> HistoryAsync(SqliteTier tier)
        => await TierPaging.ReadAllAsync(tier, new TierScan(KeyRange.All, Rows.Everything, TierScanMode.History, ScanDirection.Forward, 100));

    private static IEnumerable<TierRow> InHistoryOrder(IEnumerable<TierRow> rows)
        => rows.OrderBy(r => Convert.ToHexString(r.Key.Span), StringComparer.Ordinal).ThenByDescending(r => r.Version);
}
