namespace MvStore.Tests;

public sealed class KeyFloorSetTests
{
    private static readonly KeyRange[] Ranges =
    [
        KeyRange.All, KeyRange.Exactly([]), KeyRange.Exactly([7]), KeyRange.Prefix([7]), KeyRange.Prefix([0xFF]), KeyRange.From([9], false),
        KeyRange.Until([9], true), KeyRange.Until([]), KeyRange.Between([3], [11]), KeyRange.Between([3], false, [11], true),
        KeyRange.Between([11], [3]), KeyRange.Between([7], [7]), KeyRange.Between([7], false, [7], true), KeyRange.Between([2, 1], true, [2, 3], false),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void RandomChangesAgreeWithASortedList(int seed)
    {
        var random = new Random(seed);
        var set = new KeyFloorSet([]);
        var expected = new SortedDictionary<string, (KeyFloor Floor, ulong Generation)>(StringComparer.Ordinal);
        for (var generation = 1UL; generation <= 600; generation++)
        {
            var before = set;
            var (content, key) = (Show(before), Key(random));
            if (random.Next(3) == 0)
            {
                set = set.Without(key);
                (expected.Remove(Convert.ToHexString(key)) || ReferenceEquals(set, before)).Should().BeTrue();
            }
            else
            {
                var floor = new KeyFloor(key, (ulong)random.Next(1, 50));
                set = set.With(floor, generation);
                if (!expected.TryGetValue(Convert.ToHexString(key), out var present) || present.Floor.Version < floor.Version)
                {
                    expected[Convert.ToHexString(key)] = (floor, generation);
                }
            }

            Show(before).Should().Be(content, "a set never changes");
            Check(set, [.. expected.Values], key);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void ItStaysShallowWhateverTheOrder(int direction)
    {
        const int Keys = 4_000;
        var set = new KeyFloorSet([]);
        for (var i = 0; i < Keys; i++)
        {
            var number = direction > 0 ? i : Keys - i;
            set = set.With(new KeyFloor(new[] { (byte)(number >> 8), (byte)number }, 1), 1);
        }

        set.Count.Should().Be(Keys);
        set.Height.Should().BeLessThanOrEqualTo((int)(1.45 * Math.Log2(Keys + 2)));
        for (var number = 0; number < Keys; number += 2)
        {
            set = set.Without([(byte)(number >> 8), (byte)number]);
        }

        set.Height.Should().BeLessThanOrEqualTo((int)(1.45 * Math.Log2(set.Count + 2)));
        new KeyFloorSet(set).Height.Should().BeLessThanOrEqualTo((int)Math.Log2(set.Count) + 1);
    }

    [Fact]
    public void OfSeveralFloorsOfAKeyTheHighestCounts()
    {
        var set = new KeyFloorSet([new(new byte[] { 2 }, 5), new(new byte[] { 1 }, 9), new(new byte[] { 2 }, 7), new(new byte[] { 2 }, 6)]);
        Show(set).Should().Be("01@9 02@7");
        set.Of([2]).Should().Be((CommitVersion)7);
        set.Of([3]).Should().Be(CommitVersion.Zero);
    }

    private static void Check(KeyFloorSet set, List<(KeyFloor Floor, ulong Generation)> expected, byte[] key)
    {
        Show(set).Should().Be(Show(expected.Select(e => e.Floor)));
        set.Count.Should().Be(expected.Count);
        set.Highest.Should().Be(HighestOf(expected));
        var own = expected.Find(e => e.Floor.Key.Span.SequenceEqual(key));
        set.Of(key).Should().Be(own.Floor.Version);
        set.LatestOf(key).Should().Be(own.Generation);
        foreach (var range in Ranges)
        {
            var inside = expected.FindAll(e => range.Contains(e.Floor.Key.Span));
            set.HighestIn(range).Should().Be(HighestOf(inside));
            set.LatestIn(range).Should().Be(inside.Select(e => e.Generation).DefaultIfEmpty().Max());
        }

        foreach (var bound in (ulong[])[0, 10, 30, 50])
        {
            Show(set.AtOrBelow(bound)).Should().Be(Show(expected.Select(e => e.Floor).Where(f => f.Version <= bound)));
            Show(set.RaisedAfter(bound * 10)).Should().Be(Show(expected.Where(e => e.Generation > bound * 10).Select(e => e.Floor)));
        }

        Show(set.RaisedAfter(null)).Should().Be(Show(set));
    }

    private static CommitVersion HighestOf(IEnumerable<(KeyFloor Floor, ulong Generation)> floors)
        => floors.Select(f => f.Floor.Version).DefaultIfEmpty().Max();

    private static byte[] Key(Random random)
    {
        var key = new byte[random.Next(3)];
        for (var i = 0; i < key.Length; i++)
        {
            key[i] = (byte)(random.Next(14) + (random.Next(20) == 0 ? 242 : 0));
        }

        return key;
    }

    private static string Show(IEnumerable<KeyFloor> floors)
        => string.Join(' ', floors.Select(f => $"{Convert.ToHexString(f.Key.Span)}@{f.Version}"));
}
