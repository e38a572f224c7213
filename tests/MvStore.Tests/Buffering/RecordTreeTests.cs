using CsCheck;
using MvStore.Buffering;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

public sealed class RecordTreeTests
{
    /// <summary>Small nodes make deep trees of few keys; 5 is odd, so that halves differ.</summary>
    public static TheoryData<int> Capacities => [4, 5, 8, 16, RecordLeaf.Slots];

    [Fact]
    public void An_empty_tree_holds_nothing()
    {
        using var harness = new RecordTreeHarness(4);
        harness.Verify();
        harness.Remove([1]);
        harness.VerifyRange(new KeyBounds([], true, [], true));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(RecordLeaf.Slots + 1)]
    public void A_capacity_that_no_leaf_can_have_is_refused(int capacity)
    {
        using var heap = new NativeHeap();
        heap.Invoking(h => new RecordTree(h, capacity)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public void The_longest_keys_are_kept_apart(int capacity)
    {
        using var harness = new RecordTreeHarness(capacity);
        for (var i = 0; i < 120; i++)
        {
            var key = new byte[65535 - (i % 2)];
            key.AsSpan().Fill(0xFF);
            key[^1] = (byte)((i * 7) % 128);
            harness.Add(key);
        }

        harness.Verify();
        harness.Remove([.. harness.Oracle.Keys]);
        harness.Verify();
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public void Keys_that_are_prefixes_of_each_other_are_kept_apart(int capacity)
    {
        using var harness = new RecordTreeHarness(capacity);
        var lengths = Enumerable.Range(0, 600).ToArray();
        new Random(1).Shuffle(lengths);
        foreach (var length in lengths)
        {
            harness.Add(new byte[length]);
        }

        harness.Verify();
        harness.VerifyRange(new KeyBounds(new byte[100], false, new byte[300], true));
        foreach (var length in lengths)
        {
            harness.Remove(new byte[length]);
        }

        harness.Verify();
    }

    [Fact]
    public void Walking_allocates_nothing_but_the_cursor()
    {
        using var harness = new RecordTreeHarness(8);
        for (var i = 0; i < 2000; i++)
        {
            harness.Add(AwkwardKeys.Sequential(i));
        }

        using var epoch = EpochGuard.Enter();
        var cursors = Enum.GetValues<ScanDirection>().Select(d => harness.Tree.Seek(KeyRange.All, d)).ToArray();
        Span<nint> into = stackalloc nint[64];
        var found = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var cursor in cursors)
        {
            for (var count = cursor.Read(into); count > 0; count = cursor.Read(into))
            {
                found += count;
            }
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        found.Should().Be(2 * 2000);
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public void Every_bound_in_every_direction_agrees_with_the_oracle(int capacity)
    {
        // Present and absent bounds alike: only every other key is in the tree, then only the rest, then all.
        for (var present = 1; present <= 3; present++)
        {
            using var harness = new RecordTreeHarness(capacity);
            for (var i = 0; i < AwkwardKeys.All.Length; i++)
            {
                if ((present & (1 << (i % 2))) != 0)
                {
                    harness.Add(AwkwardKeys.All[i]);
                }
            }

            harness.Verify();
            foreach (var bounds in AllBounds())
            {
                harness.VerifyRange(bounds);
            }

            foreach (var prefix in AwkwardKeys.All)
            {
                harness.VerifyRange(KeyRange.Prefix(prefix), key => key.AsSpan().StartsWith(prefix), "prefix");
                harness.VerifyRange(KeyRange.Exactly(prefix), key => key.AsSpan().SequenceEqual(prefix), "exactly");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public void Any_operations_agree_with_the_oracle(int capacity)
        => Gen.Select(Gen.Int[0, 5], AwkwardKeys.Any, AwkwardKeys.Any).Array[0, 150].Sample(
            operations =>
            {
                using var harness = new RecordTreeHarness(capacity);
                foreach (var (what, key, other) in operations)
                {
                    Apply(harness, what, key, other);
                    harness.Tree.CheckInvariants();
                }

                harness.Verify();
                harness.Remove([.. harness.Oracle.Keys]);
                harness.Tree.CheckInvariants();
            },
            iter: 150,
            threads: 1);

    [Theory]
    [MemberData(nameof(Capacities))]
    public void Growth_and_shrinkage_in_any_order_agree_with_the_oracle(int capacity)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            GrowAndShrink(capacity, seed);
        }
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public void Removal_down_to_nothing_and_growth_again(int capacity)
    {
        var keys = Enumerable.Range(0, 1500).Select(AwkwardKeys.Sequential).ToArray();
        var orders = new Func<byte[][]>[]
        {
            () => keys,
            () => [.. keys.Reverse()],
            () => [.. keys.Where((_, i) => i % 2 == 0), .. keys.Where((_, i) => i % 2 == 1)],
            () => [.. keys.Skip(700).Reverse(), .. keys.Take(700)],
        };
        using var harness = new RecordTreeHarness(capacity);
        foreach (var order in orders)
        {
            Array.ForEach(order(), key => harness.Add(key, approach: true));
            harness.Verify();
            foreach (var key in order())
            {
                harness.Remove(key);
                harness.Tree.CheckInvariants();
            }

            harness.Verify();
        }
    }

    [Theory]
    [MemberData(nameof(Capacities))]
    public void Many_are_removed_at_once(int capacity)
    {
        var random = new Random(capacity);
        using var harness = new RecordTreeHarness(capacity);
        for (var round = 0; round < 6; round++)
        {
            for (var i = 0; i < 1500; i++)
            {
                harness.Add(AwkwardKeys.Random(random));
            }

            while (harness.Oracle.Count > (round % 2 == 0 ? 0 : 700))
            {
                var first = random.Next(harness.Oracle.Count);
                harness.Remove([.. harness.Oracle.Keys.Skip(first).Take(64).Where(_ => random.Next(5) > 0).DefaultIfEmpty([9])]);
                harness.Tree.CheckInvariants();
            }

            harness.Verify();
        }
    }

    private static void Apply(RecordTreeHarness harness, int what, byte[] key, byte[] other)
    {
        switch (what)
        {
            case 0 or 1:
                harness.Add(key, approach: what == 0);
                break;
            case 2:
                harness.Remove(key);
                break;
            case 3 when harness.Oracle.ContainsKey(key):
                harness.Replace(key);
                break;
            case 4:
                harness.Remove([.. harness.Oracle.Keys.Where(k => BytewiseComparer.Instance.Compare(k, key) >= 0).Take(other.Length)]);
                break;
            default:
                harness.VerifyRange(new KeyBounds(key, key.Length % 2 == 0, other, other.Length % 2 == 0));
                break;
        }
    }

    private static void GrowAndShrink(int capacity, int seed)
    {
        var random = new Random(seed);
        using var harness = new RecordTreeHarness(capacity);
        var step = 0;
        try
        {
            // In waves: mostly growing, mostly shrinking, growing again.
            for (; step < 9000; step++)
            {
                var key = AwkwardKeys.Random(random);
                if (random.Next(10) < ((step / 3000) % 2 == 0 ? 8 : 2))
                {
                    harness.Add(key);
                }
                else
                {
                    harness.Remove(key);
                }

                if (step % 97 == 0)
                {
                    harness.Tree.CheckInvariants();
                    harness.VerifyRange(new KeyBounds(AwkwardKeys.Random(random), random.Next(2) == 0, AwkwardKeys.Random(random), random.Next(2) == 0));
                }
            }

            harness.Verify();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Seed {seed}, capacity {capacity}, step {step}: {failure.Message}", failure);
        }
    }

    private static IEnumerable<KeyBounds> AllBounds()
        => from start in AwkwardKeys.All.Append(null)
           from end in AwkwardKeys.All.Append(null)
           from startInclusive in new[] { true, false }
           from endInclusive in new[] { true, false }
           select new KeyBounds(start, startInclusive, end, endInclusive);
}
