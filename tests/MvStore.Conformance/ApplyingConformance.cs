namespace MvStore.Conformance;

/// <summary>Slices and the durable mark.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class ApplyingConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    [Fact]
    public async Task F2_ApplyMovesTheDurableMarkWithTheRows()
    {
        await ApplyAsync(Rows.Set("a", 5, 1, "x"));
        await ApplyAsync(Rows.Set("a", 6, 4, "y"));
        var state = await ReopenAsync();
        state.DurableSequence.Should().Be(4);
        state.HighestVersion.Should().Be(new CommitVersion(6));
        Rows.Texts(await Tier.GetAsync(Rows.Keys("a"), Rows.Everything, default)).Should().Equal("61@6#4=79");
    }

    [Fact]
    public async Task A7_ASliceWithoutRowsMovesTheMarks()
    {
        await Tier.ApplyAsync(new TierBatch(0, 3, 12, []), default);
        var state = await ReopenAsync();
        state.DurableSequence.Should().Be(3);
        state.HighestVersion.Should().Be(new CommitVersion(12));
    }

    [Fact]
    public async Task A5_ALateSliceDoesNotLowerTheHighestVersion()
    {
        await ApplyAsync(Rows.Set("a", 50, 1, "x"));
        await ApplyAsync(Rows.Set("b", 20, 2, "y"));
        (await ReopenAsync()).HighestVersion.Should().Be(new CommitVersion(50));
    }

    [Fact]
    public async Task F2_TheMemoryOfASliceMayChangeOnceItIsApplied()
    {
        var key = "a"u8.ToArray();
        var value = "x"u8.ToArray();
        var rows = new List<TierRow> { new(key, 5, 1, value) };
        await Tier.ApplyAsync(new TierBatch(0, 1, 5, rows), default);
        rows.Clear();
        key[0] = (byte)'!';
        value[0] = (byte)'!';
        Rows.Texts(await Tier.GetAsync(Rows.Keys("a"), Rows.Everything, default)).Should().Equal("61@5#1=78");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    public async Task F2_ASliceThatDoesNotContinueTheDurableMarkIsRefused(ulong previous)
    {
        await ApplyAsync(Rows.Set("a", 1, 2, "x"));
        var batch = new TierBatch(previous, previous + 1, 9, [Rows.Set("b", 9, previous + 1, "y")]);
        (await Tier.Awaiting(t => t.ApplyAsync(batch, default).AsTask()).Should().ThrowAsync<PersistentTierException>())
            .Which.Failure.Should().Be(TierFailure.Fatal);

        (await Tier.GetAsync(Rows.Keys("b"), Rows.Everything, default)).Should().BeEmpty();
        var state = await ReopenAsync();
        state.DurableSequence.Should().Be(2);
        state.HighestVersion.Should().Be(new CommitVersion(1));
    }

    [Fact]
    public async Task F2_TheMarkIsThatOfTheLastSlice()
    {
        (await Tier.GetMarkAsync(default)).Should().Be(0);
        await ApplyAsync(Rows.Set("a", 5, 3, "x"));
        (await Tier.GetMarkAsync(default)).Should().Be(3);
        await ApplyAsync();
        (await Tier.GetMarkAsync(default)).Should().Be(4);
        await ReopenAsync();
        (await Tier.GetMarkAsync(default)).Should().Be(4);
    }

    [Fact]
    public async Task F2_ASliceThatIsSentAgainIsRefusedAndAppliedOnce()
    {
        // As when the answer to the first attempt was lost, and another attempt arrives now, or much later.
        var first = new TierBatch(0, 2, 5, [Rows.Set("a", 5, 1, "x"), Rows.Gone("b", 5, 2)]) { Drops = [new KeyFloor(Rows.Key("c"), 5)] };
        var second = new TierBatch(2, 3, 6, [Rows.Set("a", 6, 3, "y")]);
        await Tier.ApplyAsync(first, default);
        await RefusedAsync(first);
        (await Tier.GetMarkAsync(default)).Should().Be(2);
        await Tier.RaiseFloorAsync(new FloorSet(5, []), [new KeyFloor(Rows.Key("c"), 5)], default);
        await Tier.ApplyAsync(second, default);
        await RefusedAsync(first);
        await RefusedAsync(second);

        var all = new TierScan(KeyRange.All, Rows.Everything, TierScanMode.History, ScanDirection.Forward, 100);
        Rows.Texts(await TierPaging.ReadAllAsync(Tier, all)).Should().Equal("61@6#3=79", "61@5#1=78", "62@5#2=gone");
        var state = await ReopenAsync();
        state.DurableSequence.Should().Be(3);
        state.Drops.Should().BeEmpty();
    }

    [Fact]
    public async Task A4_ASliceThatRepeatsAVersionOfAKeyIsRefusedWhole()
    {
        await ApplyAsync(Rows.Set("m", 5, 1, "x"));
        var batch = new TierBatch(1, 2, 6, Rows.InOrder([Rows.Set("a", 5, 2, "y"), Rows.Set("m", 5, 2, "z"), Rows.Set("z", 6, 2, "y")]));
        await Tier.Awaiting(t => t.ApplyAsync(batch, default).AsTask()).Should().ThrowAsync<PersistentTierException>();

        Rows.Texts(await Tier.GetAsync(Rows.Keys("a", "m", "z"), Rows.Everything, default)).Should().Equal("6D@5#1=78");
        (await ReopenAsync()).DurableSequence.Should().Be(1);
    }

    [Fact]
    public async Task F2_ACancelledApplyLeavesNothing()
    {
        var batch = new TierBatch(0, 1, 1, [Rows.Set("a", 1, 1, "x")]);
        await Tier.Awaiting(t => t.ApplyAsync(batch, new CancellationToken(true)).AsTask())
            .Should().ThrowAsync<OperationCanceledException>();
        await Tier.ApplyAsync(batch, default);
        (await ReopenAsync()).DurableSequence.Should().Be(1);
    }

    [Fact]
    public async Task A11_TheMemoryOfASliceMayBeReusedAfterwards()
    {
        byte[] key = [1, 2, 3];
        byte[] value = [4, 5, 6];
        await ApplyAsync(new TierRow(key, 1, 1, value));
        key.AsSpan().Clear();
        value.AsSpan().Clear();
        byte[] asked = [1, 2, 3];
        Rows.Texts(await Tier.GetAsync([asked], Rows.Everything, default)).Should().Equal("010203@1#1=040506");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public async Task F2_SlicesOfAnySizeArriveWhole(int count)
    {
        count = Math.Min(count, Capabilities.MaxBatchRows);
        var rows = Enumerable.Range(0, count).Select(i => Rows.Set($"k{i:D5}", (ulong)i + 1, 1, $"v{i}")).ToArray();
        await ApplyAsync(rows);
        var read = await TierPaging.ReadAllAsync(
            Tier, new TierScan(KeyRange.All, Rows.Everything, TierScanMode.History, ScanDirection.Forward, 100));
        Rows.Texts(read).Should().Equal(Rows.Texts(rows));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    [InlineData(5_000_000)]
    public async Task F1_ValuesOfAnySizeComeBackExactly(int length)
    {
        var value = new byte[Math.Min(length, Math.Min(Capabilities.MaxValueLength, Capabilities.MaxBatchBytes - "big".Length))];
        new Random(length).NextBytes(value);
        var row = new TierRow(Rows.Key("big"), 1, 1, value);
        await ApplyAsync(row);
        Rows.Texts(await Tier.GetAsync(Rows.Keys("big"), Rows.Everything, default)).Should().Equal(Rows.Text(row));
    }

    [Fact]
    public async Task F1_TheLongestKeyComesBackExactly()
    {
        var key = new byte[Capabilities.MaxKeyLength];
        new Random(1).NextBytes(key);
        var row = new TierRow(key, CommitVersion.Max, 1, new byte[] { 1 });
        await ApplyAsync(row);
        Rows.Texts(await Tier.GetAsync([key], Rows.Everything, default)).Should().Equal(Rows.Text(row));
    }

    [Fact]
    public async Task F2_ReadsGoOnWhileSlicesAreWritten()
    {
        // Each slice sets the same keys to its own number: a reader at a publication must see that number everywhere.
        const int Slices = 60;
        string[] keys = ["a", "b", "c", "d", "e"];
        await ApplyAsync([.. keys.Select(k => Rows.Set(k, 1, 1, "1"))]);
        var visible = 1UL;
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var at = Volatile.Read(ref visible);
                var rows = await Tier.GetAsync(Rows.Keys(keys), new TierView(at, at), default);
                rows.Select(r => r.Version.Value).Should().Equal(Enumerable.Repeat(at, keys.Length));
                var page = await Tier.ScanAsync(
                    new TierScan(KeyRange.All, new TierView(at, at), TierScanMode.Newest, ScanDirection.Reverse, 100), default);
                page.Rows.Select(r => r.Version.Value).Should().Equal(Enumerable.Repeat(at, keys.Length));
            }
        })).ToArray();

        for (var slice = 2UL; slice <= Slices; slice++)
        {
            await ApplyAsync([.. keys.Select(k => Rows.Set(k, slice, slice, $"{slice}"))]);
            Volatile.Write(ref visible, slice);
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    private async Task RefusedAsync(TierBatch batch)
        => (await Tier.Awaiting(t => t.ApplyAsync(batch, default).AsTask()).Should().ThrowAsync<PersistentTierException>())
            .Which.Failure.Should().Be(TierFailure.Fatal);
}
