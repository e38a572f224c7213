using MvStore.Buffering;
using MvStore.Tests.Fixtures;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>Cursors that go on while the tree changes between two reads, in one thread: every step can be repeated from its seed.</summary>
[Collection(nameof(ProcessEpochs))]
public sealed unsafe class RecordCursorTests
{
    private const int Numbers = 900;

    public static TheoryData<int> Capacities => [4, 5, 8, 16, RecordLeaf.Slots];

    [Theory]
    [MemberData(nameof(Capacities))]
    public void Nothing_that_stays_is_missed_and_no_key_comes_twice(int capacity)
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            Run(capacity, seed);
        }
    }

    [Theory]
    [InlineData(ScanDirection.Forward)]
    [InlineData(ScanDirection.Reverse)]
    public void A_suspended_cursor_goes_on_behind_the_last_key_whatever_became_of_it(ScanDirection direction)
    {
        using var harness = new RecordTreeHarness(4);
        for (var i = 0; i < 100; i++)
        {
            harness.Add(AwkwardKeys.Sequential(i));
        }

        var cursor = harness.Tree.Seek(KeyRange.All, direction);
        Span<nint> into = stackalloc nint[1];
        var expected = harness.Expected(_ => true, direction);
        for (var i = 0; i < expected.Count; i++)
        {
            byte[] key;
            using (EpochGuard.Enter())
            {
                cursor.Read(into).Should().Be(1);
                into[0].Should().Be(expected[i]);
                key = NativeRecord.KeyOf((NativeRecord*)into[0]).ToArray();
                cursor.Suspend();
                cursor.Suspend();
            }

            harness.Remove(key);
            harness.Collect();
        }

        using (EpochGuard.Enter())
        {
            cursor.Read(into).Should().Be(0);
            cursor.Suspend();
        }

        harness.Add([]);
        harness.Add([0xFF]);
        using (EpochGuard.Enter())
        {
            cursor.Read(into).Should().Be(0, "a cursor at its end stays there");
        }
    }

    private static void Run(int capacity, int seed)
    {
        var random = new Random(seed);
        using var harness = new RecordTreeHarness(capacity);
        var open = new List<WatchedCursor>();
        for (var i = 0; i < Numbers; i += 3)
        {
            harness.Add(AwkwardKeys.Sequential(i));
        }

        using var epoch = EpochGuard.Enter();
        for (var step = 0; step < 2500; step++)
        {
            Change(harness, random, grows: step < 1200);
            if (step % 40 == 0)
            {
                var bounds = new KeyBounds(AwkwardKeys.Sequential(random.Next(300)), true, AwkwardKeys.Sequential(500 + random.Next(400)), false);
                open.Add(new WatchedCursor(harness, bounds, (ScanDirection)random.Next(2), $"capacity {capacity}, seed {seed}, opened at {step}"));
            }

            foreach (var cursor in open)
            {
                if (random.Next(12) == 0)
                {
                    cursor.Read(1 + random.Next(6), suspends: random.Next(4) == 0);
                }
            }

            open.RemoveAll(c => c.IsAtEnd);
        }

        foreach (var cursor in open)
        {
            while (!cursor.IsAtEnd)
            {
                cursor.Read(64, suspends: false);
            }
        }

        harness.Verify();
    }

    private static void Change(RecordTreeHarness harness, Random random, bool grows)
    {
        var key = AwkwardKeys.Sequential(random.Next(Numbers));
        switch (random.Next(10))
        {
            case 0:
                harness.Remove([.. harness.Oracle.Keys.Skip(random.Next(Numbers)).Take(random.Next(20))]);
                break;
            case 1 or 2 when harness.Oracle.ContainsKey(key):
                harness.Replace(key);
                break;
            case < 8 when grows:
                harness.Add(key);
                break;
            case < 5:
                harness.Add(key);
                break;
            default:
                harness.Remove(key);
                break;
        }
    }
}
