namespace MvStore.Conformance;

/// <summary>Reclamation: exactly what the rule lets go, in bounded steps.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class ReclamationConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    [Fact]
    public async Task E1_TheNewestAtOrBelowThePinStaysWhenVersionsAreSparse()
    {
        await ApplyAsync(Rows.Set("a", 10, 1, "x"), Rows.Set("a", 60, 2, "y"));
        await RunAsync(Rule(60, new Pin(50, 9)), 100);
        Rows.Texts(await HistoryAsync()).Should().Equal("61@60#2=79", "61@10#1=78");
        await RunAsync(Rule(60), 100);
        Rows.Texts(await HistoryAsync()).Should().Equal("61@60#2=79");
    }

    [Fact]
    public async Task E1_ALateVersionDoesNotReleaseTheOneAPinSees()
    {
        await ApplyAsync(Rows.Set("a", 10, 1, "x"), Rows.Set("a", 60, 2, "y"));
        await ApplyAsync(Rows.Set("a", 40, 3, "late"));
        await RunAsync(Rule(60, new Pin(50, 2)), 100);
        Rows.Texts(await HistoryAsync()).Should().Equal("61@60#2=79", "61@10#1=78");
    }

    [Fact]
    public async Task E2_WhatLiesBetweenPinsGoes()
    {
        await ApplyAsync([.. Enumerable.Range(1, 100).Select(i => Rows.Set("a", (ulong)i, (ulong)i, $"{i}"))]);
        await RunAsync(Rule(90, new Pin(20, 20), new Pin(70, 70)), 7);
        (await HistoryAsync()).Select(r => r.Version.Value).Should().Equal(100, 99, 98, 97, 96, 95, 94, 93, 92, 91, 90, 70, 20);
    }

    [Fact]
    public async Task E1_FloorsDifferByKind()
    {
        await ApplyAsync([.. ((string[])["m", "o", "s"]).SelectMany(k => Enumerable.Range(1, 3).Select(i => Rows.Set(k, (ulong)i, 1, "v")))]);
        var floors = new FloorSet(3, [new(EntryKind.Source(1), 2), new(EntryKind.Operator(ulong.MaxValue), 0)]);
        await RunAsync(new RetentionRule(floors, [], TestClassifier.Instance), 1);
        (await HistoryAsync()).Select(r => $"{(char)r.Key.Span[0]}{r.Version}").Should().Equal("m3", "o3", "o2", "o1", "s3", "s2");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(1000)]
    public async Task E6_StepsEndAtKeysAndReportWhatTheyDid(int maxVersions)
    {
        // The empty key is a key like any other, also as the place where a step ends.
        string[] keys = ["", "a", "bb", "ccc"];
        await ApplyAsync([.. keys.SelectMany(k => Enumerable.Range(1, 5).Select(i => Rows.Set(k, (ulong)i, 1, new string('v', i))))]);
        var (total, steps) = await RunAsync(Rule(4), maxVersions);
        total.ScannedVersions.Should().Be(20);
        total.ReclaimedVersions.Should().Be(12);
        total.ReclaimedBytes.Should().Be((3 * (0 + 1 + 2 + 3)) + (4 * (1 + 2 + 3)));
        steps.Should().BeLessThanOrEqualTo(Math.Max(2, keys.Length + 1));
        (await HistoryAsync()).Select(r => r.Version.Value).Should().Equal(5, 4, 5, 4, 5, 4, 5, 4);
    }

    [Fact]
    public async Task E8_WhatIsReclaimedStaysAwayAfterReopen()
    {
        await ApplyAsync(Rows.Set("a", 1, 1, "x"), Rows.Set("a", 2, 2, "y"), Rows.Gone("b", 1, 1), Rows.Gone("b", 2, 2));
        await RunAsync(Rule(2), 1);
        await ReopenAsync();
        Rows.Texts(await HistoryAsync()).Should().Equal("61@2#2=79", "62@2#2=gone");
        (await RunAsync(Rule(2), 1)).Total.ReclaimedVersions.Should().Be(0);
    }

    [Fact]
    public async Task E6_AnEmptyStoreIsDoneAtOnce()
    {
        var done = await Tier.ReclaimAsync(new TierReclaimStep(Rule(5), null, 1), default);
        done.Should().Be(new TierReclaimed(null, 0, 0, 0));
    }

    [Fact]
    public async Task E6_ACancelledStepRemovesNothing()
    {
        await ApplyAsync(Rows.Set("a", 1, 1, "x"), Rows.Set("a", 2, 2, "y"));
        await Tier.Awaiting(t => t.ReclaimAsync(new TierReclaimStep(Rule(2), null, 10), new CancellationToken(true)).AsTask())
            .Should().ThrowAsync<OperationCanceledException>();
        (await HistoryAsync()).Should().HaveCount(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E4_ADeletedKeyGoesAsAWholeAndNothingOfItComesBack(bool byKeys)
    {
        await ApplyAsync(
            Rows.Set("a", 1, 1, "x"), Rows.Set("a", 2, 2, "y"), Rows.Gone("a", 3, 3), // Goes as a whole.
            Rows.Gone("b", 3, 3), // So does a deletion alone.
            Rows.Set("c", 1, 1, "x"), Rows.Gone("c", 3, 3), Rows.Set("c", 9, 4, "z"), // What is above the floor stays.
            Rows.Set("d", 1, 1, "x"), Rows.Gone("d", 6, 5), // Deleted above the floor.
            Rows.Set("e", 3, 3, "value"));
        var keys = byKeys ? Rows.Keys("a", "b", "c", "d", "e", "f") : null;
        ReadOnlyMemory<byte>? after = null;
        var total = 0L;
        do
        {
            var done = await Tier.ReclaimAsync(new TierReclaimStep(ForgettingRule(5), after, 1) { Keys = keys }, default);
            foreach (var key in (string[])["a", "b"])
            {
                (await Tier.GetAsync(Rows.Keys(key), Rows.Everything, default)).Should().NotContain(r => !r.IsTombstone, "a key goes at one instant");
            }

            total += done.ReclaimedVersions;
            after = done.Next;
        }
        while (after is not null);

        total.Should().Be(6);
        string[] left = ["63@9#4=7A", "64@6#5=gone", "64@1#1=78", "65@3#3=76616C7565"];
        Rows.Texts(await HistoryAsync()).Should().Equal(left);
        await ReopenAsync();
        Rows.Texts(await HistoryAsync()).Should().Equal(left);

        // It may come back, as a new key.
        await ApplyAsync(Rows.Set("a", 10, 6, "new"), Rows.Gone("b", 10, 6));
        Rows.Texts(await HistoryAsync()).Should().Equal(["61@10#6=6E6577", "62@10#6=gone", .. left]);
    }

    [Fact]
    public async Task E4_ADeletionStaysForAPinThatSeesItOrWhatIsOlder()
    {
        await ApplyAsync(Rows.Set("a", 1, 1, "x"), Rows.Gone("a", 3, 3), Rows.Gone("b", 3, 3));
        await RunAsync(ForgettingRule(5, new Pin(2, 2)), 100);
        Rows.Texts(await HistoryAsync()).Should().Equal("61@3#3=gone", "61@1#1=78");
        await RunAsync(ForgettingRule(5, new Pin(4, 3)), 100);
        Rows.Texts(await HistoryAsync()).Should().Equal("61@3#3=gone");
        await RunAsync(Rule(5), 100);
        Rows.Texts(await HistoryAsync()).Should().Equal(["61@3#3=gone"], "the plan does not let deleted keys go");
        await RunAsync(ForgettingRule(5), 100);
        (await HistoryAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task E6_WhatMayStayGoesWhenNothingMay()
    {
        await ApplyAsync([.. Enumerable.Range(1, 20).Select(i => Rows.Set("a", (ulong)i, 1, "v"))]);
        await RunAsync(Rule(10), 100);
        await ApplyAsync([.. Enumerable.Range(21, 20).Select(i => Rows.Set("a", (ulong)i, Durable + 1, "v"))]);

        // A tier that does not know what can go does not leave it; one that does says so, and changes nothing.
        var first = await Tier.ReclaimAsync(new TierReclaimStep(Rule(12), null, 100) { GarbageShare = 1 }, default);
        (await HistoryAsync()).Should().HaveCount(first.IsPutOff ? 31 : 29);
        first.Should().Match<TierReclaimed>(done => !done.IsPutOff || done == new TierReclaimed(null, 0, 0, 0) { IsPutOff = true });
        await RunAsync(Rule(12), 100);
        (await HistoryAsync()).Select(r => r.Version.Value).Should().Equal(Enumerable.Range(12, 29).Reverse().Select(v => (ulong)v));

        // Of 29 versions 28 can go: more than may stay.
        (await Tier.ReclaimAsync(new TierReclaimStep(Rule(40), null, 100) { GarbageShare = 0.1 }, default)).IsPutOff.Should().BeFalse();
        (await HistoryAsync()).Should().ContainSingle(r => r.Version.Value == 40);
    }

    private static RetentionRule ForgettingRule(ulong floor, params Pin[] pins)
        => new(new FloorSet(floor, []), pins, TestClassifier.Instance, new RetentionPlan(new Retention(), []) { ReclaimsDeletedKeys = true });

    private static RetentionRule Rule(ulong floor, params Pin[] pins) => new(new FloorSet(floor, []), pins, TestClassifier.Instance);

    private async Task<(TierReclaimed Total, int Steps)> RunAsync(RetentionRule rule, int maxVersions)
    {
        var total = default(TierReclaimed);
        ReadOnlyMemory<byte>? after = null;
        for (var steps = 1; ; steps++)
        {
            var done = await Tier.ReclaimAsync(new TierReclaimStep(rule, after, maxVersions), default);
            total = new TierReclaimed(
                null,
                total.ScannedVersions + done.ScannedVersions,
                total.ReclaimedVersions + done.ReclaimedVersions,
                total.ReclaimedBytes + done.ReclaimedBytes);
            if (done.Next is not { } next)
            {
                return (total, steps);
            }

            (after is not { } last || next.Span.SequenceCompareTo(last.Span) > 0).Should().BeTrue("each step goes forward");
            after = next;
        }
    }

    private Task<IReadOnlyList<TierRow>> HistoryAsync()
        => TierPaging.ReadAllAsync(Tier, new TierScan(KeyRange.All, Rows.Everything, TierScanMode.History, ScanDirection.Forward, 10));
}
