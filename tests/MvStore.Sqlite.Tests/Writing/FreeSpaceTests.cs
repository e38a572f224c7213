namespace MvStore.Sqlite.Tests.Writing;

public sealed class FreeSpaceTests : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Theory]
    [InlineData(100, 2_000)]
    [InlineData(40_000, 300)]
    public async Task E6_ReclaimingGivesSpaceBack(int valueBytes, int keys)
    {
        await using (var tier = await _location.OpenAsync(o => o.PageBytes = 4_096))
        {
            for (var version = 1UL; version <= 5; version++)
            {
                TierRow[] rows = [.. Enumerable.Range(0, keys).Select(i => new TierRow(Rows.Key($"{i:D5}"), version, version, new byte[valueBytes]))];
                await tier.ApplyAsync(new TierBatch(version - 1, version, version, rows), default);
            }
        }

        var full = new FileInfo(_location.Path).Length;
        await using (var tier = await _location.OpenAsync(o => o.CheckpointBytes = 0))
        {
            var rule = new RetentionRule(new FloorSet(5, []), [], TestClassifier.Instance);
            await tier.RaiseFloorAsync(rule.Floors, [], default);
            ReadOnlyMemory<byte>? after = null;
            do
            {
                after = (await tier.ReclaimAsync(new TierReclaimStep(rule, after, 500), default)).Next;
            }
            while (after is not null);
        }

        new FileInfo(_location.Path).Length.Should().BeLessThan(full / 3, "a fifth is left, and an eighth of the file may stay free");
        (await SqliteStoreFile.VerifyAsync(_location.Path)).Should().BeEquivalentTo(new { IsSound = true, Rows = keys + 1L });
    }

    // Little stays, and a file of which much is free but more than a few pages are in use.
    [Theory]
    [InlineData(1_500, 1_500, true)]
    [InlineData(6_000, 4_600, false)]
    public async Task E6_SpaceIsGivenBackAtOnceOrInStepsAlsoWhereNoKeyIsLeft(int keys, int gone, bool atOnce)
    {
        await using (var tier = await _location.OpenAsync(o => o.PageBytes = 512))
        {
            TierRow[] rows = [.. Enumerable.Range(0, keys).Select(i => new TierRow(Rows.Key($"{i:D5}"), 1, 1, new byte[1_000]))];
            await tier.ApplyAsync(new TierBatch(0, 1, 1, rows), default);
        }

        PlainSqlite.Run(_location.Path, $"DELETE FROM current WHERE key < CAST('{gone:D5}' AS BLOB)");
        var full = new FileInfo(_location.Path).Length;
        var steps = 1;
        await using (var tier = await _location.OpenAsync(o => o.CheckpointBytes = 0))
        {
            var rule = new RetentionRule(new FloorSet(1, []), [], TestClassifier.Instance);
            var first = await tier.ReclaimAsync(new TierReclaimStep(rule, null, 500), default);
            (first.Next?.Length, first.ReclaimedVersions).Should().Be((atOnce ? null : 0, 0), "there is more to give back, or not, and no key to go on from");
            for (var next = first.Next; next is not null; steps++)
            {
                next = (await tier.ReclaimAsync(new TierReclaimStep(rule, next, 500), default)).Next;
            }
        }

        steps.Should().Match(n => atOnce ? n == 1 : n > 2, "a step gives back a thousand pages at most");
        new FileInfo(_location.Path).Length.Should().BeLessThan(full / 3);
        PlainSqlite.Query(_location.Path, "PRAGMA auto_vacuum").Should().Be("2", "commits must not go on to give back pages");
        PlainSqlite.Query(_location.Path, "SELECT count(*) FROM current").Should().Be($"{keys - gone}");
        PlainSqlite.Query(_location.Path, "PRAGMA integrity_check").Should().Be("ok");
    }

    [Fact]
    public async Task E6_WhatAnOwnerLeftThatEndedWhileItGaveAllBackIsSoundAndEndedByTheNext()
    {
        await using (var tier = await _location.OpenAsync())
        {
            await tier.ApplyAsync(new TierBatch(0, 1, 1, [Rows.Set("a", 1, 1, "x")]), default);
        }

        PlainSqlite.Run(_location.Path, "PRAGMA auto_vacuum = FULL");
        (await SqliteStoreFile.VerifyAsync(_location.Path)).IsSound.Should().BeTrue();
        await using (await _location.OpenAsync())
        {
            PlainSqlite.Query(_location.Path, "PRAGMA auto_vacuum").Should().Be("2");
        }
    }

    [Fact]
    public async Task E6_AStepThatFindsNothingWritesNothing()
    {
        await using var tier = await _location.OpenAsync();
        await tier.ApplyAsync(new TierBatch(0, 1, 1, [Rows.Set("a", 1, 1, "x")]), default);
        const string Changes = "SELECT changes FROM meta";
        var before = PlainSqlite.Query(_location.Path, Changes);
        await tier.ReclaimAsync(new TierReclaimStep(new RetentionRule(new FloorSet(1, []), [], TestClassifier.Instance), null, 100), default);
        PlainSqlite.Query(_location.Path, Changes).Should().Be(before);
    }
}
