namespace MvStore.Conformance;

/// <summary>Opening, and what is remembered across reopen.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class OpeningConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    [Fact]
    public void F2_ANewStoreIsEmpty()
    {
        State.DurableSequence.Should().Be(0);
        State.HighestVersion.Should().Be(CommitVersion.Zero);
        State.Floors.Default.Should().Be(CommitVersion.Zero);
        State.Floors.ByKind.Should().BeEmpty();
    }

    [Fact]
    public async Task F2_ANewStoreHoldsNoRows()
    {
        (await Tier.GetAsync(Rows.Keys("", "a"), Rows.Everything, default)).Should().BeEmpty();
        var page = await Tier.ScanAsync(
            new TierScan(KeyRange.All, Rows.Everything, TierScanMode.Newest, ScanDirection.Forward, 10), default);
        page.Rows.Should().BeEmpty();
        page.Next.Should().BeNull();
    }

    [Fact]
    public async Task F4_ACancelledOpenLeavesNoOwner()
    {
        await Tier.DisposeAsync();
        await using (var cancelled = CreateTier())
        {
            await cancelled.Awaiting(t => t.OpenAsync(new CancellationToken(true)).AsTask())
                .Should().ThrowAsync<OperationCanceledException>();
            await ReopenAsync();
        }
    }

    [Fact]
    public async Task F2_MarksAndRowsSurviveReopen()
    {
        await ApplyAsync(Rows.Set("a", 10, 1, "x"), Rows.Gone("b", 7, 3), Rows.Set("", 9, 2, ""));
        (await ReopenAsync()).Should().BeEquivalentTo(new { DurableSequence = 3UL, HighestVersion = new CommitVersion(10) });
        Rows.Texts(await Tier.GetAsync(Rows.Keys("", "a", "b"), Rows.Everything, default))
            .Should().Equal("@9#2=", "61@10#1=78", "62@7#3=gone");
    }

    [Fact]
    public async Task F2_TheIdentityStaysAndIsNoOthers()
    {
        var identity = State.Identity;
        await ApplyAsync(Rows.Set("a", 10, 1, "x"));
        (await ReopenAsync()).Identity.Should().Be(identity);

        var elsewhere = new TLocation();
        await using (elsewhere)
        {
            await using var other = elsewhere.CreateTier();
            var others = (await other.OpenAsync(default)).Identity;
            if (identity == 0)
            {
                others.Should().Be(0, "a tier either tells data apart or does not");
            }
            else
            {
                others.Should().NotBe(identity);
            }
        }
    }

    [Fact]
    public async Task D9_DisposeIsIdempotentAndLaterCallsThrow()
    {
        await Tier.DisposeAsync();
        await Tier.DisposeAsync();
        var scan = new TierScan(KeyRange.All, Rows.Everything, TierScanMode.Newest, ScanDirection.Forward, 1);
        var rule = new RetentionRule(FloorSet.None, [], TestClassifier.Instance);
        Func<Task>[] calls =
        [
            async () => await Tier.OpenAsync(default),
            async () => await Tier.GetMarkAsync(default),
            async () => await Tier.ApplyAsync(new TierBatch(0, 1, 1, []), default),
            async () => await Tier.GetAsync(Rows.Keys("a"), Rows.Everything, default),
            async () => await Tier.ScanAsync(scan, default),
            async () => await Tier.RaiseFloorAsync(FloorSet.None, [], default),
            async () => await Tier.ReclaimAsync(new TierReclaimStep(rule, null, 1), default),
        ];
        foreach (var call in calls)
        {
            await call.Should().ThrowAsync<ObjectDisposedException>();
        }
    }
}
