namespace MvStore.Conformance;

/// <summary>Owners and their epochs: one at a time, each above all earlier ones.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class OwnershipConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    [Fact]
    public async Task F4_ASecondOpenerIsRefusedAtOnceOrTakesOver()
    {
        await ApplyAsync(Rows.Set("a", 1, 1, "x"));
        await using var second = CreateTier();
        if (AllowsTakeover)
        {
            var state = await second.OpenAsync(default);
            state.DurableSequence.Should().Be(1);
            state.Epoch.Should().BeGreaterThan(State.Epoch);
        }
        else
        {
            await second.Awaiting(t => t.OpenAsync(default).AsTask()).Should().ThrowAsync<StoreInUseException>();
            await ApplyAsync(Rows.Set("a", 2, 2, "the first owner goes on"));
        }
    }

    [Fact]
    public async Task F4_AnOpenerCanOpenOnceTheOwnerIsGone()
    {
        await using var second = CreateTier();
        if (!AllowsTakeover)
        {
            await second.Awaiting(t => t.OpenAsync(default).AsTask()).Should().ThrowAsync<StoreInUseException>();
        }

        await ApplyAsync(Rows.Set("a", 1, 1, "x"));
        await Tier.DisposeAsync();
        (await second.OpenAsync(default)).DurableSequence.Should().Be(1);
    }

    [Fact]
    public async Task F2_AnOwnerThatWasReplacedNeitherWritesNorReads()
    {
        if (!AllowsTakeover)
        {
            return;
        }

        await ApplyAsync(Rows.Set("a", 1, 1, "x"), Rows.Set("a", 2, 2, "y"));
        await using var second = CreateTier();
        await second.OpenAsync(default);
        foreach (var call in Calls(Tier))
        {
            (await call.Should().ThrowAsync<PersistentTierException>()).Which.Failure.Should().Be(TierFailure.Fenced);
        }

        (await second.GetMarkAsync(default)).Should().Be(2);
        var all = new TierScan(KeyRange.All, Rows.Everything, TierScanMode.History, ScanDirection.Forward, 100);
        Rows.Texts(await TierPaging.ReadAllAsync(second, all)).Should().Equal("61@2#2=79", "61@1#1=78");
        await second.ApplyAsync(new TierBatch(2, 3, 9, [Rows.Set("b", 9, 3, "z")]), default);
        await second.DisposeAsync();
        var state = await ReopenAsync();
        state.DurableSequence.Should().Be(3);
        state.Floors.Default.Should().Be(CommitVersion.Zero);
        state.Notes.Should().BeEmpty();
    }

    [Fact]
    public async Task F2_EachOpeningHasAHigherEpoch()
    {
        var last = State.Epoch;
        last.Should().BeGreaterThan(0);
        for (var i = 0; i < 3; i++)
        {
            var epoch = (await ReopenAsync()).Epoch;
            epoch.Should().BeGreaterThan(last);
            last = epoch;
        }
    }

    [Fact]
    public async Task F2_TheEpochAskedForIsTakenAndRemembered()
    {
        var asked = State.Epoch + 1_000;
        await Tier.DisposeAsync();
        await using (var second = CreateTier())
        {
            (await second.OpenAsync(asked, default)).Epoch.Should().Be(asked);
        }

        (await ReopenAsync()).Epoch.Should().BeGreaterThan(asked);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task F2_AnEpochThatIsNotAboveAllEarlierOnesIsRefusedAndChangesNothing(ulong below)
    {
        await Tier.DisposeAsync();
        await using var owner = CreateTier();
        var epoch = (await owner.OpenAsync(State.Epoch + 10, default)).Epoch;
        await owner.ApplyAsync(new TierBatch(0, 1, 1, [Rows.Set("a", 1, 1, "x")]), default);
        if (!AllowsTakeover)
        {
            await owner.DisposeAsync();
        }

        await using (var late = CreateTier())
        {
            (await late.Awaiting(t => t.OpenAsync(epoch - below, default).AsTask()).Should().ThrowAsync<PersistentTierException>())
                .Which.Failure.Should().Be(TierFailure.Fenced);
        }

        if (AllowsTakeover)
        {
            await owner.ApplyAsync(new TierBatch(1, 2, 2, [Rows.Set("a", 2, 2, "the owner goes on")]), default);
            await owner.DisposeAsync();
        }

        var state = await ReopenAsync();
        state.Epoch.Should().BeGreaterThan(epoch);
        state.DurableSequence.Should().Be(AllowsTakeover ? 2UL : 1UL);
    }

    private static Func<Task>[] Calls(IPersistentTier tier)
    {
        var scan = new TierScan(KeyRange.All, Rows.Everything, TierScanMode.Newest, ScanDirection.Forward, 1);
        var rule = new RetentionRule(new FloorSet(2, []), [], TestClassifier.Instance);
        return
        [
            async () => await tier.ApplyAsync(new TierBatch(2, 3, 7, [Rows.Set("b", 7, 3, "of the replaced owner")]), default),
            async () => await tier.GetAsync(Rows.Keys("a"), Rows.Everything, default),
            async () => await tier.ScanAsync(scan, default),
            async () => await tier.ScanAsync(scan with { Direction = ScanDirection.Reverse }, default),
            async () => await tier.RaiseFloorAsync(new FloorSet(2, []), [], default),
            async () => await tier.ReclaimAsync(new TierReclaimStep(rule, null, 100), default),
            async () => await tier.GetMarkAsync(default),
            async () => await tier.SetNoteAsync("of", new byte[] { 1 }, default),
        ];
    }
}
