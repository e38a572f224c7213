namespace MvStore.Conformance;

/// <summary>Calls that are cancelled before they begin, or while they are under way.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class CancellationConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    private static readonly TierScan Scan = new(KeyRange.All, Rows.Everything, TierScanMode.History, ScanDirection.Forward, 100);

    [Fact]
    public async Task F2_ACallThatIsCancelledBeforeItBeginsDoesNothing()
    {
        await ApplyAsync(Rows.Set("a", 1, 1, "x"), Rows.Set("a", 2, 2, "y"));
        var cancelled = new CancellationToken(true);
        var rule = new RetentionRule(new FloorSet(2, []), [], TestClassifier.Instance);
        Func<Task>[] calls =
        [
            async () => await Tier.ApplyAsync(new TierBatch(2, 3, 3, [Rows.Set("b", 3, 3, "z")]), cancelled),
            async () => await Tier.GetAsync(Rows.Keys("a"), Rows.Everything, cancelled),
            async () => await Tier.ScanAsync(Scan, cancelled),
            async () => await Tier.RaiseFloorAsync(new FloorSet(2, []), [], cancelled),
            async () => await Tier.ReclaimAsync(new TierReclaimStep(rule, null, 100), cancelled),
            async () => await Tier.GetMarkAsync(cancelled),
            async () => await Tier.SetNoteAsync("note", new byte[] { 1 }, cancelled),
        ];
        foreach (var call in calls)
        {
            await call.Should().ThrowAsync<OperationCanceledException>();
        }

        Rows.Texts(await TierPaging.ReadAllAsync(Tier, Scan)).Should().Equal("61@2#2=79", "61@1#1=78");
        var state = await ReopenAsync();
        state.DurableSequence.Should().Be(2);
        state.Floors.Default.Should().Be(CommitVersion.Zero);
        state.Notes.Should().BeEmpty();
    }

    [Fact]
    public async Task F2_AnApplyThatIsCancelledUnderWayIsWholeOrNothing()
    {
        List<string> expected = [];
        for (var i = 1UL; i <= 20; i++)
        {
            TierRow[] rows = [Rows.Set($"a{i:D3}", i, Durable + 1, "x"), Rows.Set($"b{i:D3}", i, Durable + 1, "y")];
            using var cancellation = new CancellationTokenSource();
            var apply = Tier.ApplyAsync(new TierBatch(Durable, Durable + 1, i, rows), cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            var wasCancelled = await EndAsync(apply);

            var mark = await Tier.GetMarkAsync(default);
            mark.Should().BeOneOf(wasCancelled ? [Durable] : [Durable + 1], "what is cancelled has written nothing");
            if (mark > Durable)
            {
                expected.AddRange(Rows.Texts(rows));
                Durable = mark;
            }

            Rows.Texts(await TierPaging.ReadAllAsync(Tier, Scan)).Should().BeEquivalentTo(expected);
        }
    }

    [Fact]
    public async Task F2_AReadThatIsCancelledUnderWayHarmsNoOther()
    {
        await ApplyAsync([.. Enumerable.Range(1, 300).Select(i => Rows.Set($"k{i:D3}", 1, 1, "x"))]);
        for (var i = 0; i < 20; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var scan = Tier.ScanAsync(Scan, cancellation.Token).AsTask();
            var get = Tier.GetAsync(Rows.Keys("k001", "k300"), Rows.Everything, cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            await EndAsync(scan);
            await EndAsync(get);
        }

        (await TierPaging.ReadAllAsync(Tier, Scan)).Should().HaveCount(300);
    }

    private static async Task<bool> EndAsync(Task call)
    {
        try
        {
            await call;
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
