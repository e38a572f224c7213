using MvStore.Unmanaged;

namespace MvStore.Tests.Unmanaged;

/// <summary>Threads that replace blocks in shared cells while others read them: whoever is in an epoch finds every block it reached intact.</summary>
[Collection(UnmanagedMemory.Name)]
public sealed class NativeHeapStressTests
{
    private const int Writers = 4;
    private const int Readers = 2;
    private const int Cells = 512;

    // Addresses of blocks: size, number, then bytes that follow from the number. Interlocked exchange by writers; readers acquire.
    private readonly nint[] _cells = new nint[Cells];
    private int _writing;

    [Theory]
    [InlineData(1, false, 60_000)]
    [InlineData(2, false, 60_000)]
    [InlineData(3, true, 12_000)]
    public async Task Readers_find_every_block_intact(int seed, bool isChecked, int replacements)
    {
        var memory = new CountedMemory();
        var heap = new NativeHeap(isChecked, memory);
        _writing = Writers;
        var threads = new List<Task>();
        for (var i = 0; i < Writers; i++)
        {
            var random = new Random((seed * 100) + i);
            threads.Add(OnThread(() => Write(heap, random, replacements)));
        }

        for (var i = 0; i < Readers; i++)
        {
            var random = new Random((seed * 100) + 50 + i);
            threads.Add(OnThread(() => Read(random)));
        }

        threads.Add(OnThread(() => Collect(heap)));
        await Task.WhenAll(threads);

        var live = _cells.Where(c => c != 0).Sum(c => (long)NativeHeap.BlockSize(SizeOf(c)));
        heap.CollectAll();
        heap.UsedBytes.Should().Be(live);
        heap.RetiredBytes.Should().Be(0);
        heap.ReservedBytes.Should().Be(memory.Taken);
        for (var i = 0; i < Cells; i++)
        {
            Replace(heap, i, block: 0);
        }

        heap.CollectAll();
        heap.UsedBytes.Should().Be(0);
        heap.Dispose();
        memory.Taken.Should().Be(0);
    }

    private static Task OnThread(Action action)
        => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static unsafe nuint SizeOf(nint block) => (nuint)(*(int*)block);

    private static unsafe nint Make(in HeapLease lease, Random random)
    {
        var size = random.Next(200) switch
        {
            0 => random.Next(9_000, 60_000),
            1 when random.Next(20) == 0 => random.Next(500_000, 600_000),
            < 40 => random.Next(500, 1_600),
            _ => random.Next(16, 400),
        };
        var block = lease.Allocate((nuint)size);
        var number = random.Next();
        *(int*)block = size;
        ((int*)block)[1] = number;
        new Span<byte>(block + 8, size - 8).Fill((byte)number);
        return (nint)block;
    }

    private static unsafe void Verify(nint block)
    {
        var size = *(int*)block;
        if (size is < 16 or > 600_000 || new Span<byte>((byte*)block + 8, size - 8).ContainsAnyExcept((byte)((int*)block)[1]))
        {
            Assert.Fail("A block was freed while somebody was inside.");
        }
    }

    private unsafe void Replace(NativeHeap heap, int cell, nint block)
    {
        var old = Interlocked.Exchange(ref _cells[cell], block);
        if (old != 0)
        {
            using var lease = heap.Lease();
            lease.Retire((void*)old, SizeOf(old));
        }
    }

    private unsafe void Write(NativeHeap heap, Random random, int replacements)
    {
        try
        {
            for (var i = 0; i < replacements; i++)
            {
                nint fresh;
                using (var lease = heap.Lease())
                {
                    fresh = Make(lease, random);
                    if (random.Next(4) == 0)
                    {
                        // Never reachable by anybody.
                        var unused = Make(lease, random);
                        lease.Free((void*)unused, SizeOf(unused));
                    }
                }

                Replace(heap, random.Next(Cells), random.Next(8) == 0 ? Discard(heap, fresh) : fresh);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    private static unsafe nint Discard(NativeHeap heap, nint block)
    {
        using var lease = heap.Lease();
        lease.Free((void*)block, SizeOf(block));
        return 0;
    }

    private void Read(Random random)
    {
        Span<nint> reached = stackalloc nint[8];
        while (Volatile.Read(ref _writing) > 0)
        {
            using var guard = EpochGuard.Enter();
            for (var round = 0; round < 2; round++)
            {
                foreach (ref var block in reached)
                {
                    block = round == 0 ? Volatile.Read(ref _cells[random.Next(Cells)]) : block;
                    if (block != 0)
                    {
                        Verify(block);
                    }
                }
            }
        }
    }

    private void Collect(NativeHeap heap)
    {
        while (Volatile.Read(ref _writing) > 0)
        {
            heap.Collect();
            heap.UsedBytes.Should().BeGreaterThan(-1L << 40);
            Thread.Yield();
        }
    }
}
