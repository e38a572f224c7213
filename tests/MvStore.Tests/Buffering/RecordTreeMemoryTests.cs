using MvStore.Buffering;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Buffering;

[Collection(nameof(ProcessEpochs))]
public sealed class RecordTreeMemoryTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(RecordLeaf.Slots)]
    public void A_tree_gives_back_all_memory_when_everything_is_taken_out(int capacity)
    {
        using var harness = new RecordTreeHarness(capacity);
        var random = new Random(capacity);
        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < 3000; i++)
            {
                harness.Add(AwkwardKeys.Random(random), approach: i % 2 == 0);
            }

            foreach (var key in harness.Oracle.Keys.Where(_ => random.Next(3) == 0).ToArray())
            {
                harness.Replace(key);
            }

            var keys = harness.Oracle.Keys.ToArray();
            foreach (var key in keys.Where(_ => round % 2 == 0))
            {
                harness.Remove(key);
            }

            harness.Remove([.. harness.Oracle.Keys]);
            harness.VerifyEmptyAgain();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Keys_that_come_in_order_leave_full_leaves(bool descending)
    {
        using var harness = new RecordTreeHarness(RecordLeaf.Slots);
        for (var i = 0; i < 20_000; i++)
        {
            harness.Add(AwkwardKeys.Sequential(descending ? 20_000 - i : i), approach: true);
        }

        harness.Verify();
        harness.Tree.NodeBytes.Should().BeLessThan(20_000 * 20, "16 bytes a record are needed, and a few for what is above");
    }

    [Fact]
    public void Keys_that_come_in_order_in_many_places_leave_no_leaf_almost_empty()
    {
        foreach (var step in (int[])[1, -1])
        {
            using var harness = new RecordTreeHarness(RecordLeaf.Slots);
            var random = new Random(1);
            var next = Enumerable.Repeat((ushort)30_000, 50).ToArray();
            for (var i = 0; i < 20_000; i++)
            {
                var place = random.Next(next.Length);
                harness.Add([(byte)place, (byte)(next[place] >> 8), (byte)next[place]]);
                next[place] = (ushort)(next[place] + step);
            }

            harness.Verify();
            harness.Tree.NodeBytes.Should().BeLessThan(20_000 * 40);
        }
    }
}
