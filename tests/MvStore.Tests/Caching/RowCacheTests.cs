using MvStore.Caching;
using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Caching;

/// <summary>Rows that the persistent tier answered with (I34).</summary>
public sealed class RowCacheTests
{
    private const long Roomy = 1 << 20;
    private static readonly TierView Newest = new(CommitVersion.Latest, 100);

    [Fact]
    public void ARowIsKeptWhenItIsAskedForTheSecondTime()
    {
        var cache = Make();
        Ask(cache, Row("a", 10, 1, "x"), times: 1);
        Text(cache, "a").Should().BeNull();
        Ask(cache, Row("a", 10, 1, "x"), times: 1);

        Text(cache, "a").Should().Be("x@10#1");
        Text(cache, "b").Should().BeNull();
        cache.HeldBytes.Should().BePositive().And.BeLessThan(Roomy);
    }

    [Theory]
    [InlineData(10, 1, true)]
    [InlineData(11, 99, true)]
    [InlineData(9, 100, false)]
    [InlineData(10, 0, false)]
    public void OnlyAViewThatCanSeeTheRowGetsIt(ulong at, ulong sequence, bool isSeen)
    {
        var cache = Make();
        Ask(cache, Row("a", 10, 1, "x"));

        (Text(cache, "a", new TierView(at, sequence)) is not null).Should().Be(isSeen);
    }

    [Fact]
    public void ARowGoesWhenTheFlusherFollowsASliceWithItsKey()
    {
        var cache = Make();
        Ask(cache, Row("a", 10, 1, "x"));
        Ask(cache, Row("b", 10, 1, "y"));
        cache.Follow(Slice(2, Row("a", 20, 2, "z")));

        Text(cache, "a").Should().BeNull();
        Text(cache, "b").Should().Be("y@10#1");
    }

    [Fact]
    public void A5_ARowGoesWhenALateVersionOfItsKeyIsFollowed()
    {
        var cache = Make();
        Ask(cache, Row("a", 10, 1, "x"));
        cache.Follow(Slice(2, Row("b", 50, 2, "y")));
        cache.Follow(Slice(3, Row("a", 20, 3, "late")));

        Text(cache, "a").Should().BeNull();
    }

    [Fact]
    public void ARowGoesWhenItsKeyIsDeleted()
    {
        var cache = Make();
        Ask(cache, Row("a", 10, 1, "x"));
        cache.Follow(Slice(2, new TierRow(Bytes.Of("a"), 20, 2, null)));

        Text(cache, "a").Should().BeNull();
    }

    [Fact]
    public void AnAnswerThatASliceOvertookIsNotKept()
    {
        var cache = Make();
        Ask(cache, Row("a", 10, 1, "x"), times: 1);
        var ticket = cache.Begin(HashOf("a"), Newest);
        cache.Follow(Slice(2, Row("a", 20, 2, "z")));
        cache.Keep(ticket, Row("a", 10, 1, "x"));

        Text(cache, "a").Should().BeNull();
    }

    [Fact]
    public void AnAnswerFromBeforeTheFirstRowWasKeptIsNotKeptWhenASliceOvertookIt()
    {
        var cache = Make();
        var ticket = cache.Begin(HashOf("a"), Newest);
        cache.Follow(Slice(2, Row("a", 20, 2, "z")));
        cache.Keep(ticket, Row("a", 10, 1, "x"));
        cache.Keep(ticket, Row("a", 10, 1, "x"));

        Text(cache, "a").Should().BeNull();
    }

    [Theory]
    [InlineData(30UL, 1UL)]
    [InlineData(19UL, 100UL)]
    public void AnAnswerForAViewThatDoesNotSeeAllOfTheTierIsNotKept(ulong at, ulong sequence)
    {
        var cache = Make();
        cache.Follow(Slice(2, Row("b", 20, 2, "z")));
        Ask(cache, Row("a", 10, 1, "x"), view: new TierView(at, sequence));

        Text(cache, "a").Should().BeNull();
    }

    [Fact]
    public void A5_ALateSliceDoesNotLowerWhatAViewHasToSee()
    {
        var cache = Make();
        cache.Follow(Slice(2, Row("b", 50, 2, "y")));
        cache.Follow(Slice(3, Row("c", 20, 3, "late")));
        Ask(cache, Row("a", 10, 1, "x"), view: new TierView(49, 100));
        Text(cache, "a").Should().BeNull("the tier may have a version 50 of it");

        Ask(cache, Row("a", 10, 1, "x"), view: new TierView(50, 100));
        Text(cache, "a").Should().NotBeNull();
    }

    [Fact]
    public void EachRowOfASliceGoes()
    {
        string[] keys = ["a", "b", "c"];
        var cache = Make();
        foreach (var key in keys)
        {
            Ask(cache, Row(key, 10, 1, "x"));
        }

        cache.Follow(new TierBatch(1, 2, 20, [.. keys.Select(key => Row(key, 20, 2, "z"))]));
        keys.Should().OnlyContain(key => Text(cache, key, null) == null);
    }

    [Fact]
    public void AnAnswerForAViewFromBeforeTheOpeningIsNotKept()
    {
        var cache = new RowCache(new TierState(5, 50, FloorSet.None), Roomy);
        Ask(cache, Row("a", 10, 1, "x"), view: new TierView(49, 100));
        Ask(cache, Row("b", 10, 1, "x"), view: new TierView(50, 4));
        Ask(cache, Row("c", 10, 1, "x"), view: new TierView(50, 5));

        Text(cache, "a").Should().BeNull();
        Text(cache, "b").Should().BeNull();
        Text(cache, "c").Should().NotBeNull();
    }

    [Fact]
    public void TombstonesAreNotKept()
    {
        var cache = Make();
        Ask(cache, new TierRow(Bytes.Of("a"), 10, 1, null));

        Text(cache, "a").Should().BeNull();
    }

    [Fact]
    public void AnEmptyValueIsAValue()
    {
        var cache = Make();
        Ask(cache, Row("a", 10, 1, ""));

        Text(cache, "a").Should().Be("@10#1");
    }

    [Fact]
    public void ACopyBelongsToWhoeverAskedForIt()
    {
        var cache = Make();
        var value = Bytes.Of("x");
        Ask(cache, new TierRow(Bytes.Of("a"), 10, 1, value));
        value[0] = (byte)'!';
        cache.TryGet("a"u8, HashOf("a"), Newest, out var row).Should().BeTrue();
        System.Runtime.InteropServices.MemoryMarshal.AsMemory(row.Value!.Value).Span[0] = (byte)'!';

        Text(cache, "a").Should().Be("x@10#1");
    }

    [Fact]
    public void ItKeepsWithinItsBytesAndKeepsWhatIsUsed()
    {
        var cache = Make();
        Ask(cache, Row("used", 10, 1, "x"));
        for (var i = 0; i < 20_000; i++)
        {
            Ask(cache, new TierRow(Bytes.Of($"key{i}"), 10, 1, Bytes.OfLength(100)));
            Text(cache, "used").Should().Be("x@10#1");
        }

        cache.HeldBytes.Should().BeInRange(Roomy / 2, Roomy);
        Enumerable.Range(0, 1_000).Count(i => Text(cache, $"key{i}") is not null).Should().BeLessThan(200);
    }

    [Fact]
    public void D5_LargeRowsKeepWithinItsBytesTooAndGiveWayToNewOnes()
    {
        const int Rows = 2_000;
        var cache = Make();
        for (var i = 0; i < Rows; i++)
        {
            Ask(cache, new TierRow(Bytes.Of($"key{i}"), 10, 1, Bytes.OfLength(4_000)));
            cache.HeldBytes.Should().BeLessThanOrEqualTo(Roomy);
        }

        Enumerable.Range(Rows - 20, 20).Count(i => Text(cache, $"key{i}") is not null).Should().BeGreaterThan(10, "what goes makes room for what comes");
    }

    [Fact]
    public void D5_ItKeepsWithinItsBytesThoughEverythingInItIsUsed()
    {
        const int Rows = 600;
        var cache = Make();
        for (var i = 0; i < Rows; i++)
        {
            // Whatever is there was used when the next one comes, so that hardly anything gives way.
            for (var used = 0; used < i; used++)
            {
                Text(cache, $"key{used}");
            }

            Ask(cache, new TierRow(Bytes.Of($"key{i}"), 10, 1, Bytes.OfLength(4_000)));
            cache.HeldBytes.Should().BeLessThanOrEqualTo(Roomy);
        }
    }

    [Fact]
    public void ARowThatWouldTakeMuchOfItIsNotKept()
    {
        var cache = Make();
        Ask(cache, new TierRow(Bytes.Of("a"), 10, 1, Bytes.OfLength((int)Roomy / 32)));

        Text(cache, "a").Should().BeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    public void WithoutRoomNothingIsKept(long bytes)
    {
        var cache = new RowCache(new TierState(0, CommitVersion.Zero, FloorSet.None), bytes);
        Ask(cache, Row("a", 10, 1, "x"));
        cache.Follow(Slice(2, Row("a", 20, 2, "z")));

        Text(cache, "a").Should().BeNull();
        cache.HeldBytes.Should().Be(0);
    }

    private static RowCache Make() => new(new TierState(0, CommitVersion.Zero, FloorSet.None), Roomy);

    private static void Ask(RowCache cache, TierRow row, TierView? view = null, int times = 2)
    {
        for (var i = 0; i < times; i++)
        {
            cache.Keep(cache.Begin(KeyHash.Of(row.Key.Span), view ?? Newest), row);
        }
    }

    private static string? Text(RowCache cache, string key, TierView? view = null)
        => cache.TryGet(Bytes.Of(key), HashOf(key), view ?? Newest, out var row)
            ? $"{System.Text.Encoding.UTF8.GetString(row.Value!.Value.Span)}@{row.Version}#{row.Sequence}"
            : null;

    private static TierRow Row(string key, ulong version, ulong sequence, string value) => new(Bytes.Of(key), version, sequence, Bytes.Of(value));

    private static TierBatch Slice(ulong sequence, TierRow row) => new(sequence - 1, sequence, row.Version, [row]);

    private static ulong HashOf(string key) => KeyHash.Of(Bytes.Of(key));
}
