using CsCheck;
using MvStore.Buffering;

namespace MvStore.Tests.Buffering;

public sealed class OrderedIndexTests
{
    /// <summary>Small fan-outs make deep trees of few keys; 5 is odd, so that halves differ.</summary>
    public static TheoryData<int> FanOuts => [4, 5, 8, OrderedIndex<IKeyed>.DefaultFanOut];

    /// <summary>Keys that share prefixes, end in 0x00 and 0xFF, and differ before, at and behind the eighth byte.</summary>
    private static byte[][] AwkwardKeys { get; } =
    [
        [], [0], [0, 0], [0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0xFF],
        [0, 0, 0, 0, 0, 0, 0, 0, 1], [1], [1, 0], [1, 0, 0, 0, 0, 0, 0, 0, 0], [1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 0],
        [1, 2, 3, 4, 5, 6, 7, 0, 0], [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8, 0], [1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 4, 5, 6, 7, 8, 0xFF], [1, 0xFF], [1, 0xFF, 0xFF], [0x7F], [0x80], [0xFE, 0xFF], [0xFF], [0xFF, 0], [0xFF, 0xFF],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ];

    [Fact]
    public void An_empty_index_holds_nothing()
    {
        var harness = new OrderedIndexHarness(4);
        harness.Verify();
        harness.Index.Find([]).Should().BeNull();
        harness.Index.Remove(new KeyOnlyRecord([])).Should().BeFalse();
        harness.VerifyRange(new KeyBounds([], true, [], true));
    }

    [Fact]
    public void A_fan_out_too_small_to_split_is_refused()
        => FluentActions.Invoking(() => new OrderedIndex<KeyOnlyRecord>(3)).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void A_cursor_has_a_current_record_only_between_its_ends()
    {
        var harness = new OrderedIndexHarness(4);
        var record = harness.Add([7]);
        var cursor = harness.Index.Seek(KeyRange.All, ScanDirection.Forward);
        cursor.Invoking(c => c.Current).Should().Throw<InvalidOperationException>();
        cursor.MoveNext().Should().BeTrue();
        cursor.Current.Should().BeSameAs(record);
        cursor.MoveNext().Should().BeFalse();
        cursor.Invoking(c => c.Current).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void A_creation_that_throws_leaves_nothing()
    {
        var harness = new OrderedIndexHarness(4);
        harness.Index.Invoking(i => i.GetOrAdd([1], _ => throw new InvalidDataException())).Should().Throw<InvalidDataException>();
        harness.Verify();
        harness.Add([1]);
        harness.Verify();
    }

    [Fact]
    public void The_loser_of_a_race_gets_the_winners_record()
    {
        var index = new OrderedIndex<KeyOnlyRecord>();
        KeyOnlyRecord? winner = null;
        var loser = index.GetOrAdd([1], key =>
        {
            winner = index.GetOrAdd([1], static k => new KeyOnlyRecord(k));
            return new KeyOnlyRecord(key);
        });
        loser.Should().BeSameAs(winner);
        index.Count.Should().Be(1);
        index.CheckInvariants();
    }

    [Fact]
    public void The_longest_keys_are_kept_apart()
    {
        var harness = new OrderedIndexHarness(4);
        for (var i = 0; i < 20; i++)
        {
            var key = new byte[65535 - (i % 2)];
            key.AsSpan().Fill(0xFF);
            key[^1] = (byte)(i * 12);
            harness.Add(key);
        }

        harness.Verify();
    }

    [Fact]
    public void Finding_and_walking_allocate_nothing()
    {
        var harness = new OrderedIndexHarness(8);
        var keys = Enumerable.Range(0, 2000).Select(Sequential).ToArray();
        Array.ForEach(keys, key => harness.Add(key));
        var cursors = Enum.GetValues<ScanDirection>().Select(d => harness.Index.Seek(KeyRange.All, d)).ToArray();
        cursors.All(c => c.MoveNext()).Should().BeTrue();
        harness.Index.Find(keys[0]).Should().NotBeNull();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var found = 0;
        foreach (var key in keys)
        {
            found += harness.Index.Find(key) is null ? 0 : 1;
        }

        foreach (var cursor in cursors)
        {
            while (cursor.MoveNext())
            {
                found++;
            }
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        found.Should().Be((3 * keys.Length) - 2);
    }

    [Theory]
    [MemberData(nameof(FanOuts))]
    public void Every_bound_in_every_direction_agrees_with_the_oracle(int fanOut)
    {
        // Present and absent bounds alike: only every other key is in the index, then only the rest, then all.
        for (var present = 1; present <= 3; present++)
        {
            var harness = new OrderedIndexHarness(fanOut);
            for (var i = 0; i < AwkwardKeys.Length; i++)
            {
                if ((present & (1 << (i % 2))) != 0)
                {
                    harness.Add(AwkwardKeys[i]);
                }
            }

            harness.Verify();
            foreach (var bounds in AllBounds())
            {
                harness.VerifyRange(bounds);
            }

            foreach (var prefix in AwkwardKeys)
            {
                harness.VerifyRange(KeyRange.Prefix(prefix), key => key.AsSpan().StartsWith(prefix), "prefix");
                harness.VerifyRange(KeyRange.Exactly(prefix), key => key.AsSpan().SequenceEqual(prefix), "exactly");
            }
        }
    }

    [Theory]
    [MemberData(nameof(FanOuts))]
    public void Any_operations_agree_with_the_oracle(int fanOut)
        => Gen.Select(Gen.Int[0, 3], AnyKey, AnyKey).Array[0, 150].Sample(
            operations =>
            {
                var harness = new OrderedIndexHarness(fanOut);
                foreach (var (what, key, other) in operations)
                {
                    switch (what)
                    {
                        case 0 or 1:
                            harness.Add(key);
                            break;
                        case 2:
                            harness.Remove(key);
                            break;
                        default:
                            harness.VerifyRange(new KeyBounds(key, key.Length % 2 == 0, other, other.Length % 2 == 0));
                            break;
                    }

                    harness.Index.CheckInvariants();
                }

                harness.Verify();
            },
            iter: 200);

    [Theory]
    [MemberData(nameof(FanOuts))]
    public void Growth_and_shrinkage_in_any_order_agree_with_the_oracle(int fanOut)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            GrowAndShrink(fanOut, seed);
        }
    }

    [Theory]
    [MemberData(nameof(FanOuts))]
    public void Removal_down_to_nothing_and_growth_again(int fanOut)
    {
        var keys = Enumerable.Range(0, 1500).Select(Sequential).ToArray();
        var orders = new Func<byte[][]>[]
        {
            () => keys,
            () => [.. keys.Reverse()],
            () => [.. keys.Where((_, i) => i % 2 == 0), .. keys.Where((_, i) => i % 2 == 1)],
            () => [.. keys.Skip(700).Reverse(), .. keys.Take(700)],
        };
        var harness = new OrderedIndexHarness(fanOut);
        foreach (var order in orders)
        {
            Array.ForEach(order(), key => harness.Add(key));
            harness.Verify();
            foreach (var key in order())
            {
                harness.Remove(key);
                harness.Index.CheckInvariants();
            }

            harness.Verify();
            harness.Index.Count.Should().Be(0);
        }
    }

    [Theory]
    [MemberData(nameof(FanOuts))]
    public void A_cursor_shows_the_keys_of_its_moment_whatever_changes(int fanOut)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var random = new Random(seed);
            var harness = new OrderedIndexHarness(fanOut);
            var open = new List<(IndexCursor<KeyOnlyRecord> Cursor, List<KeyOnlyRecord> Left)>();
            for (var i = 0; i < 1500; i++)
            {
                // A phase of growth, then one of shrinkage, so that cursors live through splits and merges.
                Change(harness, Sequential(random.Next(800)), add: random.Next(10) < (i < 800 ? 8 : 2));
                if (i % 60 == 0)
                {
                    var bounds = new KeyBounds(Sequential(random.Next(300)), true, Sequential(500 + random.Next(300)), false);
                    var direction = (ScanDirection)random.Next(2);
                    open.Add((harness.Index.Seek(bounds.ToRange(), direction), harness.Expected(bounds.Holds, direction)));
                }

                foreach (var (cursor, left) in open.Where((_, n) => (n + i) % 7 == 0))
                {
                    cursor.MoveNext().Should().Be(left.Count > 0, "seed {0}, change {1}", seed, i);
                    if (left.Count > 0)
                    {
                        cursor.Current.Should().BeSameAs(left[0], "seed {0}, change {1}", seed, i);
                        left.RemoveAt(0);
                    }
                }
            }

            foreach (var (cursor, left) in open)
            {
                OrderedIndexHarness.VerifyCursor(cursor, left, $"seed {seed}, at the end");
            }
        }
    }

    private static Gen<byte[]> AnyKey { get; } = Gen.OneOf<byte[]>(
        Gen.OneOf(AwkwardKeys),
        Gen.OneOf<byte>(0, 1, 0xFF).Array[0, 10],
        Gen.Byte.Array[0, 3]);

    private static IEnumerable<KeyBounds> AllBounds()
        => from start in AwkwardKeys.Append(null)
           from end in AwkwardKeys.Append(null)
           from startInclusive in new[] { true, false }
           from endInclusive in new[] { true, false }
           select new KeyBounds(start, startInclusive, end, endInclusive);

    private static void GrowAndShrink(int fanOut, int seed)
    {
        var random = new Random(seed);
        var harness = new OrderedIndexHarness(fanOut);
        var step = 0;
        try
        {
            // In waves: mostly growing, mostly shrinking, growing again.
            for (; step < 9000; step++)
            {
                Change(harness, RandomKey(random), add: random.Next(10) < ((step / 3000) % 2 == 0 ? 8 : 2));
                if (step % 97 == 0)
                {
                    harness.Index.CheckInvariants();
                    harness.VerifyRange(new KeyBounds(RandomKey(random), random.Next(2) == 0, RandomKey(random), random.Next(2) == 0));
                }
            }

            harness.Verify();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Seed {seed}, fan-out {fanOut}, step {step}: {failure.Message}", failure);
        }
    }

    private static void Change(OrderedIndexHarness harness, byte[] key, bool add)
    {
        if (add)
        {
            harness.Add(key);
        }
        else
        {
            harness.Remove(key);
        }
    }

    /// <summary>One of about 5,000 keys of up to 12 bytes, half of them with a common prefix longer than eight.</summary>
    private static byte[] RandomKey(Random random)
    {
        var tail = Sequential(random.Next(2500)).AsSpan(random.Next(2) + 1);
        return random.Next(2) == 0 ? tail.ToArray() : [1, 1, 1, 1, 1, 1, 1, 1, 1, .. tail];
    }

    private static byte[] Sequential(int number) => [(byte)(number >> 16), (byte)(number >> 8), (byte)number];
}
