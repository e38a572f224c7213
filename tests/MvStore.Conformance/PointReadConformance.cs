namespace MvStore.Conformance;

/// <summary>Point reads at a view.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class PointReadConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    [Theory]
    [InlineData(0, null)]
    [InlineData(9, null)]
    [InlineData(10, "61@10#1=78")]
    [InlineData(59, "61@10#1=78")]
    [InlineData(60, "61@60#2=79")]
    [InlineData(long.MaxValue, "61@60#2=79")]
    [InlineData(ulong.MaxValue, "61@60#2=79")]
    public async Task B1_TheNewestVersionAtOrBelowIsRead(ulong at, string? expected)
    {
        await ApplyAsync(Rows.Set("a", 10, 1, "x"), Rows.Set("a", 60, 2, "y"));
        await ExpectAsync(["a"], new TierView(at, ulong.MaxValue), expected is null ? [] : [expected]);
    }

    [Fact]
    public async Task A5_ALateVersionIsInvisibleToAnEarlierPublication()
    {
        await ApplyAsync(Rows.Set("a", 10, 1, "x"), Rows.Set("a", 60, 2, "y"));
        await ApplyAsync(Rows.Set("a", 40, 3, "late"));
        await ExpectAsync(["a"], new TierView(50, 2), "61@10#1=78");
        await ExpectAsync(["a"], new TierView(50, 3), "61@40#3=6C617465");
        await ExpectAsync(["a"], new TierView(60, 3), "61@60#2=79");
        await ExpectAsync(["a"], new TierView(60, 0));
    }

    [Fact]
    public async Task A1_ATombstoneIsReadAsOneAndAnEmptyValueIsNot()
    {
        await ApplyAsync(Rows.Set("a", 1, 1, ""), Rows.Gone("a", 2, 2), Rows.Set("b", 1, 1, ""));
        await ExpectAsync(["a", "b"], new TierView(1, 9), "61@1#1=", "62@1#1=");
        await ExpectAsync(["a", "b"], Rows.Everything, "61@2#2=gone", "62@1#1=");
    }

    [Fact]
    public async Task F1_TheEdgesOfVersionsAreRight()
    {
        var max = CommitVersion.Max.Value;
        await ApplyAsync(Rows.Set("a", 1, 1, "x"), Rows.Set("a", max - 1, 2, "y"), Rows.Set("a", max, 3, "z"));
        await ExpectAsync(["a"], new TierView(max - 2, ulong.MaxValue), "61@1#1=78");
        await ExpectAsync(["a"], new TierView(max - 1, ulong.MaxValue), $"61@{max - 1}#2=79");
        await ExpectAsync(["a"], new TierView(max, long.MaxValue), $"61@{max}#3=7A");
        await ExpectAsync(["a"], new TierView(max + 1, ulong.MaxValue), $"61@{max}#3=7A");
        (await ReopenAsync()).HighestVersion.Should().Be(CommitVersion.Max);
    }

    [Fact]
    public async Task B3_ManyKeysAreReadInKeyOrderAndAbsentOnesAreLeftOut()
    {
        byte[][] keys = [[], [0], [0, 0], [0, 1], [0x7F], [0x80], [0xFF], [0xFF, 0], [0xFF, 0xFF]];
        await ApplyAsync([.. keys.Where((_, i) => i % 2 == 0).Select(k => new TierRow(k, 1, 1, k))]);
        var read = await Tier.GetAsync([.. keys.Select(k => new ReadOnlyMemory<byte>(k))], Rows.Everything, default);
        Rows.Texts(read).Should().Equal("@1#1=", "0000@1#1=0000", "7F@1#1=7F", "FF@1#1=FF", "FFFF@1#1=FFFF");
    }

    [Fact]
    public async Task B3_NoKeysGiveNoRows()
        => (await Tier.GetAsync([], Rows.Everything, default)).Should().BeEmpty();

    [Fact]
    public async Task F2_ACancelledReadThrows()
        => await Tier.Awaiting(t => t.GetAsync(Rows.Keys("a"), Rows.Everything, new CancellationToken(true)).AsTask())
            .Should().ThrowAsync<OperationCanceledException>();

    private async Task ExpectAsync(string[] keys, TierView view, params string[] expected)
        => Rows.Texts(await Tier.GetAsync(Rows.Keys(keys), view, default)).Should().Equal(expected);
}
