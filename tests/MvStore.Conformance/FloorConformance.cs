using System.Text;

namespace MvStore.Conformance;

/// <summary>Floors are remembered and never go back.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class FloorConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    [Fact]
    public async Task E8_FloorsOfEveryKindSurviveReopen()
    {
        await Tier.RaiseFloorAsync(Floors(5, (EntryKind.Multi, 7), (EntryKind.Source(0), 8), (EntryKind.Operator(ulong.MaxValue), 2)), [], default);
        var floors = (await ReopenAsync()).Floors;
        floors.Default.Should().Be(new CommitVersion(5));
        floors.ByKind.Should().BeEquivalentTo(new Dictionary<EntryKind, CommitVersion>
        {
            [EntryKind.Multi] = 7,
            [EntryKind.Source(0)] = 8,
            [EntryKind.Operator(ulong.MaxValue)] = 2,
        });
    }

    [Fact]
    public async Task E8_AKindThatKeepsEverythingStillDoesAfterReopen()
    {
        // A floor of zero is a floor: without it the kind would have that of all others.
        await Tier.RaiseFloorAsync(Floors(5, (EntryKind.Source(3), 0)), [], default);
        var floors = (await ReopenAsync()).Floors;
        floors.Default.Should().Be(new CommitVersion(5));
        floors.Of(EntryKind.Source(3)).Should().Be(CommitVersion.Zero);
    }

    [Fact]
    public async Task B10_FloorsNeverGoBack()
    {
        await Tier.RaiseFloorAsync(Floors(50, (EntryKind.Source(1), 40)), [], default);
        await Tier.RaiseFloorAsync(Floors(10, (EntryKind.Source(1), 45), (EntryKind.Source(2), 60)), [], default);
        await Tier.RaiseFloorAsync(FloorSet.None, [], default);
        var floors = (await ReopenAsync()).Floors;
        floors.Default.Should().Be(new CommitVersion(50));
        floors.Of(EntryKind.Source(1)).Should().BeGreaterThanOrEqualTo(new CommitVersion(45));
        floors.Of(EntryKind.Source(2)).Should().Be(new CommitVersion(60));
        await Tier.RaiseFloorAsync(Floors(1), [], default);
        (await ReopenAsync()).Floors.Default.Should().Be(new CommitVersion(50));
    }

    [Fact]
    public async Task E1_TheHighestFloorCanBeStored()
    {
        await Tier.RaiseFloorAsync(Floors(CommitVersion.Max), [], default);
        (await ReopenAsync()).Floors.Default.Should().Be(CommitVersion.Max);
    }

    [Fact]
    public async Task E1_AFloorAloneRemovesNothing()
    {
        await ApplyAsync(Rows.Set("a", 1, 1, "x"), Rows.Set("a", 2, 2, "y"));
        await Tier.RaiseFloorAsync(Floors(100), [], default);
        Rows.Texts(await Tier.GetAsync(Rows.Keys("a"), new TierView(1, 9), default)).Should().Equal("61@1#1=78");
    }

    [Fact]
    public async Task E8_FloorsThatComeWithASliceAreStoredWithIt()
    {
        if (!Capabilities.RaisesFloorsInSlices)
        {
            return;
        }

        // The drop at 3 is written by the slice whose floors settle it; the one at 9 stays.
        KeyFloor[] drops = [new(Rows.Key("a"), 3), new(Rows.Key("a"), 9)];
        var floors = new FloorSet(2, [KeyValuePair.Create(EntryKind.Source(1), new CommitVersion(4))], [drops[0]]);
        await Tier.ApplyAsync(new TierBatch(0, 5, 9, [Rows.Set("a", 3, 4, "x")]) { Drops = drops, Floors = floors, Settled = [drops[0]] }, default);
        var state = await ReopenAsync();
        state.DurableSequence.Should().Be(5);
        state.Floors.Default.Should().Be(new CommitVersion(2));
        state.Floors.Of(EntryKind.Source(1)).Should().Be(new CommitVersion(4));
        state.Floors.ByKey.Should().ContainSingle().Which.Version.Should().Be(new CommitVersion(3));
        state.Drops.Should().ContainSingle().Which.Version.Should().Be(new CommitVersion(9));

        await Tier.ApplyAsync(new TierBatch(5, 6, 10, []) { Floors = Floors(1, (EntryKind.Source(1), 7)) }, default);
        state = await ReopenAsync();
        state.Floors.Default.Should().Be(new CommitVersion(2), "floors never go back");
        state.Floors.Of(EntryKind.Source(1)).Should().Be(new CommitVersion(7));
    }

    [Fact]
    public async Task F2_FloorsOfASliceThatIsRefusedAreNotStored()
    {
        if (!Capabilities.RaisesFloorsInSlices)
        {
            return;
        }

        await ApplyAsync(Rows.Set("a", 3, 1, "x"));
        await Tier.Awaiting(t => t.ApplyAsync(new TierBatch(0, 2, 9, []) { Floors = Floors(3) }, default).AsTask())
            .Should().ThrowAsync<PersistentTierException>("it does not continue what is durable");
        var repeated = new TierBatch(1, 2, 9, [Rows.Set("a", 3, 2, "y")]) { Floors = Floors(3) };
        await Tier.Awaiting(t => t.ApplyAsync(repeated, default).AsTask()).Should().ThrowAsync<PersistentTierException>("(a, 3) exists");
        (await ReopenAsync()).Floors.Default.Should().Be(CommitVersion.Zero);
        await Tier.RaiseFloorAsync(Floors(2), [], default);
        (await ReopenAsync()).Floors.Default.Should().Be(new CommitVersion(2), "the tier does not believe what it did not store");
    }

    [Fact]
    public async Task E2_ASliceLetsGoOfWhatItsRuleDoesNotKeepAndOfNothingElse()
    {
        if (!Capabilities.RaisesFloorsInSlices)
        {
            return;
        }

        await ApplyAsync(
            Rows.Set("alone", 1, 1, "stays"), Rows.Set("between", 4, 1, "at the floor"), Rows.Set("hidden", 1, 2, "goes"), Rows.Set("high", 9, 3, "newest"),
            Rows.Set("late", 4, 4, "newest"), Rows.Set("mixed", 3, 4, "goes"), Rows.Set("over", 3, 4, "at the floor"),
            Rows.Set("pinned", 1, 5, "is seen"), Rows.Gone("unset", 1, 6));
        TierRow[] slice =
        [
            Rows.Set("between", 3, 7, "below"), Rows.Set("between", 10, 7, "above"), Rows.Set("hidden", 2, 7, "b"), Rows.Set("hidden", 3, 8, "c"), Rows.Set("high", 10, 9, "above"), Rows.Set("late", 2, 10, "below"),
            Rows.Set("mixed", 2, 10, "is seen too"), Rows.Set("mixed", 4, 10, "d"), Rows.Set("over", 10, 10, "above"), Rows.Set("pinned", 5, 11, "new"),
            Rows.Set("unset", 2, 12, "set"),
        ];
        var floors = Floors(5);
        Pin[] pins = [new(3, 6) { Scope = KeyRange.Exactly(Rows.Key("pinned").Span) }, new(2, 12) { Scope = KeyRange.Exactly(Rows.Key("mixed").Span) }];
        var rule = new RetentionRule(floors, pins, TestClassifier.Instance);
        await Tier.ApplyAsync(new TierBatch(6, 12, 10, slice) { Floors = floors, Rule = rule }, default);
        await ReopenAsync();
        (await TextsAsync(5, "alone", "hidden", "late", "mixed", "pinned", "unset")).Should().Equal("stays", "c", "newest", "d", "new", "set");
        (await TextsAsync(9, "high")).Should().Equal("newest");
        (await TextsAsync(10, "high", "over")).Should().Equal("above", "above");
        (await TextsAsync(9, "between", "over")).Should().Equal("at the floor", "at the floor");
        (await TextsAsync(3, "pinned")).Should().Equal("is seen");
        (await TextsAsync(2, "mixed")).Should().Equal("is seen too");
        (await TextsAsync(3, "mixed")).Should().Equal(Capabilities.ReclaimsInSlices ? "is seen too" : "goes");
        var gone = await Tier.GetAsync(Rows.Keys("hidden", "unset"), new TierView(1, 12), default);
        gone.Should().HaveCount(Capabilities.ReclaimsInSlices ? 0 : 2);

        // Nothing is there that reclamation would miss, and nothing is counted twice.
        await Tier.ApplyAsync(new TierBatch(12, 13, 11, [Rows.Gone("hidden", 11, 13)]), default);
        (await TextsAsync(5, "hidden")).Should().Equal("c");
        (await Tier.GetAsync(Rows.Keys("hidden"), new TierView(11, 13), default)).Should().ContainSingle().Which.IsTombstone.Should().BeTrue();
    }

    [Fact]
    public async Task E2_ASliceThatIsRefusedLetsNothingGo()
    {
        if (!Capabilities.RaisesFloorsInSlices)
        {
            return;
        }

        await ApplyAsync(Rows.Set("a", 1, 1, "x"), Rows.Set("b", 1, 1, "x"));
        var floors = Floors(5);
        var rule = new RetentionRule(floors, [], TestClassifier.Instance);
        await Tier.Awaiting(t => t.ApplyAsync(new TierBatch(1, 2, 3, [Rows.Set("a", 2, 2, "y"), Rows.Set("b", 1, 2, "z")]) { Floors = floors, Rule = rule }, default).AsTask())
            .Should().ThrowAsync<PersistentTierException>("(b, 1) exists");
        await ReopenAsync();
        (await TextsAsync(1, "a")).Should().Equal("x");
    }

    [Fact]
    public async Task F2_ACancelledRaiseChangesNothing()
    {
        await Tier.Awaiting(t => t.RaiseFloorAsync(Floors(5), [], new CancellationToken(true)).AsTask())
            .Should().ThrowAsync<OperationCanceledException>();
        (await ReopenAsync()).Floors.Default.Should().Be(CommitVersion.Zero);
    }

    private async Task<IEnumerable<string?>> TextsAsync(CommitVersion at, params string[] keys)
        => (await Tier.GetAsync(Rows.Keys(keys), new TierView(at, ulong.MaxValue), default))
            .OrderBy(r => Array.FindIndex(keys, k => Rows.Key(k).Span.SequenceEqual(r.Key.Span)))
            .Select(r => r.Value is { } value ? Encoding.UTF8.GetString(value.Span) : null);

    private static FloorSet Floors(CommitVersion byDefault, params (EntryKind Kind, CommitVersion Floor)[] byKind)
        => new(byDefault, byKind.Select(f => KeyValuePair.Create(f.Kind, f.Floor)));
}
