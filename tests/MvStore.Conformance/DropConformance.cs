namespace MvStore.Conformance;

/// <summary>Drops wait with the publications they belong to; the floors of keys that become of them never go back.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class DropConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    [Fact]
    public async Task F2_ANewStoreRemembersNoDrop()
    {
        State.Drops.Should().BeEmpty();
        State.Floors.ByKey.Should().BeEmpty();
        (await ReopenAsync()).Drops.Should().BeEmpty();
    }

    [Fact]
    public async Task A1_DropsAreAppliedWithTheMark()
    {
        await ApplyDropsAsync(0, 4, Floor("", 3), Floor("a", 2), Floor("a", 5), Floor("b", CommitVersion.Max.Value));
        var state = await ReopenAsync();
        state.DurableSequence.Should().Be(4);
        Texts(state.Drops).Should().Equal("@3", "61@2", "61@5", $"62@{CommitVersion.Max}");
        state.Floors.Highest.Should().Be(CommitVersion.Zero, "a drop on disk is not in force");
        Rows.Texts(await HistoryAsync()).Should().BeEmpty("a drop writes no entry");
    }

    [Fact]
    public async Task A1_ARepeatedDropIsOne()
    {
        await ApplyDropsAsync(0, 1, Floor("a", 5), Floor("a", 5));
        await ApplyDropsAsync(1, 2, Floor("a", 5));
        Texts((await ReopenAsync()).Drops).Should().Equal("61@5");
    }

    [Fact]
    public async Task A1_ASliceThatIsRefusedLeavesNoDrop()
    {
        await ApplyAsync(Rows.Set("m", 5, 1, "x"));
        await Tier.Awaiting(t => t.ApplyAsync(new TierBatch(0, 1, 9, []) { Drops = [Floor("a", 9)] }, default).AsTask())
            .Should().ThrowAsync<PersistentTierException>("it does not continue what is durable");
        var repeated = new TierBatch(1, 2, 9, [Rows.Set("m", 5, 2, "y")]) { Drops = [Floor("a", 9)] };
        await Tier.Awaiting(t => t.ApplyAsync(repeated, default).AsTask()).Should().ThrowAsync<PersistentTierException>("(m, 5) exists");
        (await ReopenAsync()).Drops.Should().BeEmpty();
    }

    [Fact]
    public async Task A11_TheMemoryOfDropsMayBeReusedAfterwards()
    {
        byte[] key = [1, 2];
        await ApplyDropsAsync(0, 1, new KeyFloor(key, 5), new KeyFloor(key, 6));
        key.AsSpan().Clear();
        byte[] settled = [1, 2];
        await Tier.RaiseFloorAsync(Keys(new KeyFloor(settled, 5)), [new KeyFloor(settled, 5)], default);
        settled.AsSpan().Clear();
        var state = await ReopenAsync();
        Texts(state.Drops).Should().Equal("0102@6");
        Texts(state.Floors.ByKey).Should().Equal("0102@5");
    }

    [Fact]
    public async Task E8_WhatCameIntoForceSurvivesAndIsNotPendingAnyMore()
    {
        await ApplyDropsAsync(0, 1, Floor("", 2), Floor("a", 3), Floor("a", 5), Floor("a", 9), Floor("b", 4), Floor("c", 4));
        var settled = new[] { Floor("a", 3), Floor("a", 5), Floor("", 2) };
        await Tier.RaiseFloorAsync(new FloorSet(1, [], [Floor("", 2), Floor("a", 5)]), settled, default);
        for (var i = 0; i < 2; i++)
        {
            var state = await ReopenAsync();
            Texts(state.Floors.ByKey).Should().Equal("@2", "61@5");
            state.Floors.Default.Should().Be(new CommitVersion(1));
            Texts(state.Drops).Should().Equal("61@9", "62@4", "63@4");
        }
    }

    [Fact]
    public async Task E8_FloorsOfKeysThatAreNotNamedStayAsTheyAre()
    {
        await RaiseAsync(Floor("a", 5));
        await RaiseAsync(Floor("c", 6));
        await Tier.RaiseFloorAsync(new FloorSet(3, [], [Floor("a", 5), Floor("b", 4), Floor("c", 6)]), [Floor("b", 4)], default);
        await Tier.RaiseFloorAsync(new FloorSet(4, []), [], default);
        var floors = (await ReopenAsync()).Floors;
        Texts(floors.ByKey).Should().Equal("61@5", "62@4", "63@6");
        floors.Default.Should().Be(new CommitVersion(4));
    }

    [Fact]
    public async Task B10_FloorsOfKeysNeverGoBack()
    {
        await RaiseAsync(Floor("a", 50));
        await RaiseAsync(Floor("a", 10));
        Texts((await ReopenAsync()).Floors.ByKey).Should().Equal("61@50");
        await RaiseAsync(Floor("a", 20));
        await RaiseAsync(Floor("a", CommitVersion.Max.Value));
        Texts((await ReopenAsync()).Floors.ByKey).Should().Equal($"61@{CommitVersion.Max}");
    }

    [Fact]
    public async Task A1_AFloorThatTheKindHasPassedIsForgotten()
    {
        await ApplyDropsAsync(0, 1, Floor("a", 3), Floor("a", 8), Floor("b", 4));
        await RaiseAsync(Floor("a", 3));
        await RaiseAsync(Floor("c", 9));

        // The kind is at 5: the floors of a and of b, which was never in force, say nothing more. That of c is above what is settled.
        await Tier.RaiseFloorAsync(new FloorSet(5, [], []), [Floor("a", 3), Floor("b", 4), Floor("c", 5)], default);
        var state = await ReopenAsync();
        Texts(state.Floors.ByKey).Should().Equal("63@9");
        Texts(state.Drops).Should().Equal("61@8");
        state.Floors.Default.Should().Be(new CommitVersion(5));
    }

    [Fact]
    public async Task F2_ACancelledRaiseSettlesNothing()
    {
        await ApplyDropsAsync(0, 1, Floor("a", 3));
        await Tier.Awaiting(t => t.RaiseFloorAsync(Keys(Floor("a", 3)), [Floor("a", 3)], new CancellationToken(true)).AsTask())
            .Should().ThrowAsync<OperationCanceledException>();
        var state = await ReopenAsync();
        Texts(state.Drops).Should().Equal("61@3");
        state.Floors.ByKey.Should().BeEmpty();
    }

    [Fact]
    public async Task A1_ReclamationLetsGoBelowTheFloorOfAKey()
    {
        await ApplyAsync([.. ((string[])["a", "b"]).SelectMany(k => Enumerable.Range(1, 5).Select(i => Rows.Set(k, (ulong)i, (ulong)i, "v")))]);
        var rule = new RetentionRule(new FloorSet(2, [], [Floor("a", 4)]), [new Pin(1, 9)], TestClassifier.Instance);
        var done = await Tier.ReclaimAsync(new TierReclaimStep(rule, null, 100), default);
        done.ReclaimedVersions.Should().Be(2);
        (await HistoryAsync()).Select(r => $"{(char)r.Key.Span[0]}{r.Version}")
            .Should().Equal("a5", "a4", "a1", "b5", "b4", "b3", "b2", "b1");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(1000)]
    public async Task E6_OnlyTheListedKeysAreLookedAt(int maxVersions)
    {
        string[] keys = ["", "a", "bb", "ccc"];
        await ApplyAsync([.. keys.SelectMany(k => Enumerable.Range(1, 3).Select(i => Rows.Set(k, (ulong)i, 1, "v")))]);
        var rule = new RetentionRule(new FloorSet(3, []), [], TestClassifier.Instance);
        var (scanned, reclaimed, bytes, steps) = (0L, 0L, 0L, 0);
        ReadOnlyMemory<byte>? after = null;
        do
        {
            var step = new TierReclaimStep(rule, after, maxVersions) { Keys = Rows.Keys("", "aa", "b", "bb", "d") };
            var done = await Tier.ReclaimAsync(step, default);
            (after is { } last && done.Next is { } next && next.Span.SequenceCompareTo(last.Span) <= 0).Should().BeFalse("each step goes forward");
            (scanned, reclaimed, bytes) = (scanned + done.ScannedVersions, reclaimed + done.ReclaimedVersions, bytes + done.ReclaimedBytes);
            after = done.Next;
            (++steps).Should().BeLessThanOrEqualTo(step.Keys.Count + 1);
        }
        while (after is not null);

        (scanned, reclaimed, bytes).Should().Be((6, 4, (2 * 1) + (2 * 3)));
        (await HistoryAsync()).Select(r => r.Version.Value).Should().Equal(3, 3, 2, 1, 3, 3, 2, 1);
    }

    [Fact]
    public async Task E6_AnEmptyListOfKeysIsDoneAtOnce()
    {
        await ApplyAsync(Rows.Set("a", 1, 1, "x"), Rows.Set("a", 2, 2, "y"));
        var rule = new RetentionRule(new FloorSet(2, []), [], TestClassifier.Instance);
        (await Tier.ReclaimAsync(new TierReclaimStep(rule, null, 1) { Keys = [] }, default)).Should().Be(new TierReclaimed(null, 0, 0, 0));
    }

    private static KeyFloor Floor(string key, ulong version) => new(Rows.Key(key), version);

    private static FloorSet Keys(params KeyFloor[] floors) => new(CommitVersion.Zero, [], floors);

    private static string[] Texts(IEnumerable<KeyFloor> floors)
        => [.. floors.OrderBy(f => f.Key, KeyOrder.Instance).ThenBy(f => f.Version).Select(f => $"{Convert.ToHexString(f.Key.Span)}@{f.Version}")];

    private Task ApplyDropsAsync(ulong previous, ulong sequence, params KeyFloor[] drops)
        => Tier.ApplyAsync(new TierBatch(previous, sequence, drops.Max(d => d.Version), []) { Drops = drops }, default).AsTask();

    private Task RaiseAsync(KeyFloor floor) => Tier.RaiseFloorAsync(Keys(floor), [floor], default).AsTask();

    private Task<IReadOnlyList<TierRow>> HistoryAsync()
        => TierPaging.ReadAllAsync(Tier, new TierScan(KeyRange.All, Rows.Everything, TierScanMode.History, ScanDirection.Forward, 10));
}
