namespace MvStore.Tests.Contract;

public sealed class KeyRangeBoundsTests
{
    private static readonly byte[][] Keys =
    [
        [], [0x00], [0x00, 0x00], [0x01], [0x61], [0x61, 0x00], [0x61, 0xFE], [0x61, 0xFF], [0x61, 0xFF, 0xFF], [0x62], [0xFE],
        [0xFE, 0xFF],
        [0xFF], [0xFF, 0x00], [0xFF, 0xFF], [0xFF, 0xFF, 0xFF],
    ];

    [Fact]
    public void B6_ContainsIsWhatTheBoundsSay()
    {
        foreach (var start in Keys)
        {
            foreach (var end in Keys)
            {
                foreach (var key in Keys)
                {
                    var (s, e) = (Compare(key, start), Compare(key, end));
                    KeyRange.Between(start, end).Contains(key).Should().Be(s >= 0 && e < 0);
                    KeyRange.Between(start, true, end, true).Contains(key).Should().Be(s >= 0 && e <= 0);
                    KeyRange.Between(start, false, end, true).Contains(key).Should().Be(s > 0 && e <= 0);
                    KeyRange.Between(start, false, end, false).Contains(key).Should().Be(s > 0 && e < 0);
                    KeyRange.From(start).Contains(key).Should().Be(s >= 0);
                    KeyRange.From(start, inclusive: false).Contains(key).Should().Be(s > 0);
                    KeyRange.Until(end).Contains(key).Should().Be(e < 0);
                    KeyRange.Until(end, inclusive: true).Contains(key).Should().Be(e <= 0);
                    KeyRange.Exactly(start).Contains(key).Should().Be(s == 0);
                    KeyRange.All.Contains(key).Should().BeTrue();
                }
            }
        }
    }

    [Fact]
    public void B6_APrefixRangeHoldsExactlyTheKeysThatBeginWithIt()
    {
        foreach (var prefix in Keys)
        {
            foreach (var key in Keys)
            {
                KeyRange.Prefix(prefix).Contains(key).Should().Be(key.AsSpan().StartsWith(prefix));
            }
        }

        KeyRange.Prefix([]).Should().Be(KeyRange.All);
        KeyRange.Prefix([0xFF, 0xFF]).End.Should().BeNull("nothing sorts after keys that begin with 0xFF only");
        KeyRange.Prefix([0x61, 0xFF]).End!.Value.ToArray().Should().Equal(0x62);
    }

    [Fact]
    public void B6_ARangeThatSaysItIsEmptyHoldsNoKey()
    {
        foreach (var range in Ranges())
        {
            if (range.IsEmpty)
            {
                Keys.Where(k => range.Contains(k)).Should().BeEmpty("{0} is empty", range);
            }
        }

        KeyRange.Between("b"u8, "a"u8).IsEmpty.Should().BeTrue();
        KeyRange.Between("a"u8, "a"u8).IsEmpty.Should().BeTrue();
        KeyRange.Between("a"u8, false, "a"u8, true).IsEmpty.Should().BeTrue();
        KeyRange.Until([]).IsEmpty.Should().BeTrue();
        KeyRange.Exactly([]).IsEmpty.Should().BeFalse();
        KeyRange.Until([], inclusive: true).IsEmpty.Should().BeFalse();
        KeyRange.All.IsEmpty.Should().BeFalse();
        KeyRange.Prefix([]).IsEmpty.Should().BeFalse();
    }

    [Fact]
    public void B6_AfterAndBeforeCutWithoutWidening()
    {
        foreach (var range in Ranges())
        {
            foreach (var cut in Keys)
            {
                foreach (var key in Keys)
                {
                    var order = Compare(key, cut);
                    range.After(cut).Contains(key).Should().Be(range.Contains(key) && order > 0, "that is {0} after a key", range);
                    range.After(cut, inclusive: true).Contains(key)
                        .Should().Be(range.Contains(key) && order >= 0, "that is {0} from a key", range);
                    range.Before(cut).Contains(key).Should().Be(range.Contains(key) && order < 0, "that is {0} before a key", range);
                    range.Before(cut, inclusive: true).Contains(key)
                        .Should().Be(range.Contains(key) && order <= 0, "that is {0} to a key", range);
                }
            }
        }
    }

    [Fact]
    public void B6_EveryKeyIsBelowInOrAboveARange()
    {
        foreach (var range in Ranges().Where(r => !r.IsEmpty))
        {
            foreach (var key in Keys)
            {
                new[] { range.IsBelowStart(key), range.Contains(key), range.IsAboveEnd(key) }.Count(holds => holds).Should().Be(1);
            }
        }
    }

    [Fact]
    public void B6_BoundsAreCopiedAndRangesAreValues()
    {
        var start = "a"u8.ToArray();
        var range = KeyRange.Between(start, "c"u8);
        start[0] = (byte)'z';
        range.Contains("a"u8).Should().BeTrue();
        range.Should().Be(KeyRange.Between("a"u8, "c"u8));
        (range == KeyRange.Between("a"u8, true, "c"u8, true)).Should().BeFalse();
        range.GetHashCode().Should().Be(KeyRange.Between("a"u8, "c"u8).GetHashCode());
        (KeyRange.From([]) == KeyRange.All).Should().BeFalse("one has a bound, although they hold the same keys");
        range.ToString().Should().NotContain("a,", "key bytes do not show");
    }

    private static IEnumerable<KeyRange> Ranges()
    {
        yield return KeyRange.All;
        foreach (var start in Keys)
        {
            yield return KeyRange.From(start);
            yield return KeyRange.From(start, inclusive: false);
            yield return KeyRange.Until(start);
            yield return KeyRange.Until(start, inclusive: true);
            foreach (var end in Keys)
            {
                yield return KeyRange.Between(start, true, end, true);
                yield return KeyRange.Between(start, true, end, false);
                yield return KeyRange.Between(start, false, end, true);
                yield return KeyRange.Between(start, false, end, false);
            }
        }
    }

    private static int Compare(byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right);
}
