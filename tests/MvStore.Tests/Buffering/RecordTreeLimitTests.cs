using MvStore.Buffering;
using MvStore.Tests.Unmanaged;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

[Collection(UnmanagedMemory.Name)]
public sealed unsafe class RecordTreeLimitTests
{
    [Theory]
    [InlineData(4, 1)]
    [InlineData(8, 2)]
    [InlineData(RecordLeaf.Slots, 3)]
    public void Without_memory_the_tree_stays_as_it_is(int capacity, int seed)
    {
        var memory = new CountedMemory();
        using var heap = new NativeHeap(isChecked: true, memory);
        var tree = new RecordTree(heap, capacity);
        var oracle = new SortedDictionary<byte[], nint>(BytewiseComparer.Instance);
        var random = new Random(seed);
        var failures = 0;
        using var epoch = EpochGuard.Enter(); // Nothing is freed that was retired, so memory runs out again and again.
        for (var step = 0; failures < 60 && step < 20_000; step++)
        {
            var key = new byte[500 + random.Next(3)];
            key[random.Next(400)] = (byte)random.Next(3);
            using var lease = heap.Lease();
            var isAdded = step % 3000 < 2000;
            var present = oracle.Keys.Skip(random.Next(oracle.Count + 1)).FirstOrDefault();
            memory.Limit = long.MaxValue;
            var candidate = RecordMaker.Make(lease, key);
            memory.Limit = memory.Taken;
            try
            {
                if (isAdded)
                {
                    oracle.TryAdd(key, (nint)tree.FindOrAdd(lease, candidate, 0));
                }
                else if (present is not null)
                {
                    tree.Remove(lease, (NativeRecord*)oracle[present]).Should().BeTrue();
                    oracle.Remove(present);
                }
            }
            catch (OutOfMemoryException)
            {
                failures++;
                tree.CheckInvariants();
                tree.Count.Should().Be(oracle.Count);
                foreach (var (there, record) in oracle)
                {
                    ((nint)tree.Find(there)).Should().Be(record);
                }
            }
        }

        failures.Should().BeGreaterThan(0);
        tree.CheckInvariants();
    }
}
