using MvStore.Buffering;
using MvStore.Tests.Fixtures;
using MvStore.Unmanaged;
using static MvStore.Tests.Buffering.RecordTreeTraffic;

namespace MvStore.Tests.Buffering;

/// <summary>
/// Threads that add, replace and take out records while others walk, with memory that really is freed as the epochs go by. Bounded by numbers of
/// operations.
/// </summary>
[Collection(nameof(ProcessEpochs))]
public sealed class RecordTreeStressTests
{
    private const int Writers = 3;
    private const int Readers = 2;

    [Theory]
    [InlineData(4, 1)]
    [InlineData(8, 2)]
    [InlineData(RecordLeaf.Slots, 3)]
    public async Task Cursors_see_an_ordered_set_with_all_that_stays(int capacity, int seed)
    {
        using var heap = new NativeHeap();
        var tree = new RecordTree(heap, capacity);
        var empty = heap.UsedBytes;
        for (var n = 0; n < Numbers; n++)
        {
            Add(tree, Key(n, 0));
        }

        var work = new List<Func<Task>>();
        for (var i = 1; i <= Writers; i++)
        {
            var owner = (byte)i;
            work.Add(() => Run(() => Write(tree, new Random((seed * 100) + owner), owner)));
        }

        for (var i = 0; i < Readers; i++)
        {
            var reader = i;
            work.Add(() => Run(() => Read(tree, new Random((seed * 100) + 50 + reader), reader)));
        }

        await Crowd.RunAsync(work);
        Verify(tree, count: Numbers);
        RemoveAll(tree);
        Verify(tree, count: 0);

        for (var i = 0; i < 10_000 && heap.UsedBytes > empty; i++)
        {
            heap.Collect();
            Thread.Yield();
        }

        heap.UsedBytes.Should().Be(empty, "an empty tree holds no more than a new one");
    }

    [Fact]
    public async Task Keys_that_come_in_order_from_many_threads_are_all_there()
    {
        const int Each = 8_000;
        using var heap = new NativeHeap();
        var tree = new RecordTree(heap);
        var next = 0;
        await Crowd.RunAsync([.. Enumerable.Repeat(
            () => Run(() =>
            {
                for (var i = 0; i < Each; i++)
                {
                    Add(tree, AwkwardKeys.Sequential(Interlocked.Increment(ref next)));
                }
            }),
            4)]);
        Verify(tree, count: 4 * Each);
        Enumerable.Range(1, 4 * Each).All(i => Has(tree, AwkwardKeys.Sequential(i))).Should().BeTrue();
    }

    [Fact]
    public async Task Of_those_who_race_for_a_key_all_get_one_record()
    {
        const int Keys = 4_000;
        using var heap = new NativeHeap();
        var tree = new RecordTree(heap, 8);
        var results = new nint[4][];
        await Crowd.RunAsync([.. Enumerable.Range(0, 4).Select<int, Func<Task>>(i => () => Run(() =>
        {
            results[i] = new nint[Keys];
            for (var n = 0; n < Keys; n++)
            {
                results[i][n] = Add(tree, AwkwardKeys.Sequential(n * 7919 % Keys));
            }
        }))]);
        results.Should().AllSatisfy(r => r.Should().Equal(results[0]));
        Verify(tree, count: Keys);
    }

    private static Task Run(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
