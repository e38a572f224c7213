using MvStore.Unmanaged;

namespace MvStore.Tests.Unmanaged;

[Collection(UnmanagedMemory.Name)]
public sealed unsafe class NativeHeapTests
{
    private static readonly int[] Sizes = [1, 16, 17, 32, 128, 160, 512, 513, 1000, 1500, 8192, 8193, 20_000, 100_000, 524_288, 524_289, 3_000_000];

    [Fact]
    public void A_block_is_aligned_low_and_holds_what_is_written()
    {
        using var heap = new NativeHeap();
        using var lease = heap.Lease();
        foreach (var size in Sizes)
        {
            var block = lease.Allocate((nuint)size);
            ((nint)block % 16).Should().Be(0);
            ((ulong)block).Should().BeLessThan(SystemMemory.AddressLimit);
            new Span<byte>(block, size).Fill(7);
            new Span<byte>(block, size).ContainsAnyExcept((byte)7).Should().BeFalse();
        }
    }

    [Fact]
    public void Everything_freed_is_given_back_but_for_a_reserve()
    {
        var memory = new CountedMemory();
        using var heap = new NativeHeap(isChecked: false, memory);
        var blocks = new List<(nint Address, int Size)>();
        for (var i = 0; i < 20_000; i++)
        {
            var size = Sizes[i % (Sizes.Length - 2)];
            using var lease = heap.Lease();
            blocks.Add(((nint)lease.Allocate((nuint)size), size));
        }

        heap.UsedBytes.Should().Be(blocks.Sum(b => (long)NativeHeap.BlockSize((nuint)b.Size)));
        heap.ReservedBytes.Should().Be(memory.Taken).And.BeGreaterThan(heap.UsedBytes);
        foreach (var (address, size) in blocks)
        {
            using var lease = heap.Lease();
            lease.Free((void*)address, (nuint)size);
        }

        heap.CollectAll();
        heap.UsedBytes.Should().Be(0);
        heap.ReservedBytes.Should().Be(memory.Taken).And.BeLessThanOrEqualTo(2 * HeapChunk.Size);
    }

    [Fact]
    public void Blocks_freed_under_another_stripe_come_home()
    {
        var memory = new CountedMemory(limit: 8 * HeapChunk.Size);
        using var heap = new NativeHeap(isChecked: false, memory);
        var blocks = new nint[10_000];
        for (var round = 0; round < 20; round++)
        {
            using (var home = heap.Lease())
            {
                for (var i = 0; i < blocks.Length; i++)
                {
                    blocks[i] = (nint)home.Allocate(400);
                }

                using var away = heap.Lease();
                foreach (var block in blocks)
                {
                    away.Free((void*)block, 400);
                }
            }

            heap.UsedBytes.Should().Be(0);
        }

        heap.CollectAll();
        heap.ReservedBytes.Should().BeLessThanOrEqualTo(2 * HeapChunk.Size);
    }

    [Fact]
    public void A_stripe_takes_over_what_is_free_in_another()
    {
        using var heap = new NativeHeap(isChecked: false, SystemMemory.OfThisSystem); // Its own memory: nothing is made ready ahead of need.
        var blocks = new nint[200_000];
        using (heap.Lease())
        {
            using var inner = heap.Lease();
            for (var i = 0; i < blocks.Length; i++)
            {
                blocks[i] = (nint)inner.Allocate(160);
            }
        }

        // One lease each, so that it does not matter which stripe the thread gets: half of what the other one holds is free.
        var reserved = heap.ReservedBytes;
        using (var lease = heap.Lease())
        {
            for (var i = 0; i < blocks.Length; i += 2)
            {
                lease.Free((void*)blocks[i], 160);
            }
        }

        heap.Collect();
        using (var lease = heap.Lease())
        {
            for (var i = 0; i < blocks.Length; i += 2)
            {
                blocks[i] = (nint)lease.Allocate(160);
            }
        }

        // It stops taking over when no more than a fifth of the heap is free. Without, all that is allocated again would be new: more than seven chunks.
        heap.ReservedBytes.Should().BeLessThanOrEqualTo(reserved + (6 * HeapChunk.Size));
        heap.UsedBytes.Should().Be(blocks.Length * 160L);
        blocks.Should().OnlyHaveUniqueItems();
        foreach (var block in blocks)
        {
            using var lease = heap.Lease();
            lease.Free((void*)block, 160);
        }

        heap.CollectAll();
        heap.ReservedBytes.Should().BeLessThanOrEqualTo(2 * HeapChunk.Size);
    }

    [Fact]
    public void A_retired_block_stays_as_it_is_while_a_reader_is_in_an_epoch()
    {
        using var heap = new NativeHeap();
        using (var guard = EpochGuard.Enter())
        {
            byte* block;
            using (var lease = heap.Lease())
            {
                block = lease.Allocate(100);
                new Span<byte>(block, 100).Fill(9);
                lease.Retire(block, 100);
            }

            for (var i = 0; i < 10; i++)
            {
                heap.Collect();
                using var lease = heap.Lease();
                new Span<byte>(lease.Allocate(100), 100).Clear();
            }

            heap.RetiredBytes.Should().Be(112);
            new Span<byte>(block, 100).ContainsAnyExcept((byte)9).Should().BeFalse();
        }

        heap.CollectAll();
        heap.RetiredBytes.Should().Be(0);
        heap.UsedBytes.Should().Be(10 * 112);
    }

    [Fact]
    public void Retired_blocks_are_freed_on_the_way_without_collecting()
    {
        using var heap = new NativeHeap(isChecked: false, new CountedMemory(limit: 16 * HeapChunk.Size));
        for (var i = 0; i < 2_000_000; i++)
        {
            using var lease = heap.Lease();
            lease.Retire(lease.Allocate(160), 160);
        }

        heap.ReservedBytes.Should().BeLessThanOrEqualTo(16 * HeapChunk.Size);
        heap.CollectAll();
        heap.UsedBytes.Should().Be(0);
    }

    [Theory]
    [InlineData(160)]
    [InlineData(5000)]
    [InlineData(50_000)]
    [InlineData(1_000_000)]
    public void When_memory_runs_out_it_says_so_and_goes_on_when_some_is_freed(int size)
    {
        var memory = new CountedMemory(limit: 3 * HeapChunk.Size);
        using var heap = new NativeHeap(isChecked: false, memory);
        var blocks = new Stack<nint>();
        Exception? thrown = null;
        while (thrown is null)
        {
            thrown = Record.Exception(() =>
            {
                using var lease = heap.Lease();
                blocks.Push((nint)lease.Allocate((nuint)size));
            });
        }

        thrown.Should().BeAssignableTo<OutOfMemoryException>();
        heap.UsedBytes.Should().Be(blocks.Count * (long)NativeHeap.BlockSize((nuint)size));
        heap.UsedBytes.Should().BeGreaterThan(HeapChunk.Size);
        while (blocks.TryPop(out var block))
        {
            using var lease = heap.Lease();
            lease.Free((void*)block, (nuint)size);
            lease.Free(lease.Allocate((nuint)size), (nuint)size);
        }

        heap.UsedBytes.Should().Be(0);
    }

    [Fact]
    public void Sizes_that_no_memory_has_are_refused()
    {
        using var heap = new NativeHeap();
        FluentActions.Invoking(() => Allocate(nuint.MaxValue)).Should().Throw<OutOfMemoryException>();
        FluentActions.Invoking(() => Allocate((nuint)1 << 46)).Should().Throw<OutOfMemoryException>();
        FluentActions.Invoking(() => Allocate(0)).Should().Throw<ArgumentOutOfRangeException>();
        heap.UsedBytes.Should().Be(0);

        void Allocate(nuint size)
        {
            using var lease = heap.Lease();
            lease.Allocate(size);
        }
    }

    [Fact]
    public void Memory_that_the_system_does_not_take_back_is_used_again()
    {
        var memory = new CountedMemory { RefusesToTakeBack = true };
        using var heap = new NativeHeap(isChecked: false, memory);
        for (var round = 0; round < 3; round++)
        {
            var blocks = new List<nint>();
            for (var i = 0; i < 5000; i++)
            {
                using var lease = heap.Lease();
                blocks.Add((nint)lease.Allocate(2000));
            }

            foreach (var block in blocks)
            {
                using var lease = heap.Lease();
                lease.Free((void*)block, 2000);
            }

            heap.CollectAll();
        }

        heap.ReservedBytes.Should().Be(memory.Taken).And.BeLessThanOrEqualTo(8 * HeapChunk.Size);
        memory.RefusesToTakeBack = false;
    }

    [Fact]
    public void Leases_within_leases_take_other_stripes()
    {
        using var heap = new NativeHeap();
        using var first = heap.Lease();
        using var second = heap.Lease();
        using var third = heap.Lease();
        var blocks = new[] { (nint)first.Allocate(64), (nint)second.Allocate(64), (nint)third.Allocate(64) };
        blocks.Select(b => (nint)HeapPage.Of((void*)b)).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Disposal_gives_everything_back()
    {
        var memory = new CountedMemory();
        var heap = new NativeHeap(isChecked: false, memory);
        foreach (var size in Sizes)
        {
            using var lease = heap.Lease();
            lease.Allocate((nuint)size);
            lease.Retire(lease.Allocate((nuint)size), (nuint)size);
        }

        heap.Dispose();
        heap.Dispose();
        memory.Taken.Should().Be(0);
        heap.ReservedBytes.Should().Be(0);
        heap.UsedBytes.Should().Be(0);
        FluentActions.Invoking(() => heap.Lease().Dispose()).Should().Throw<ObjectDisposedException>();
        heap.Collect();
    }

    [Fact]
    public void Disposal_waits_for_the_last_reader_without_blocking()
    {
        var memory = new CountedMemory();
        var heap = new NativeHeap(isChecked: false, memory);
        byte* block;
        using (var lease = heap.Lease())
        {
            block = lease.Allocate(100);
            new Span<byte>(block, 100).Fill(3);
        }

        using (var inside = new ManualResetEventSlim())
        using (var leave = new ManualResetEventSlim())
        {
            var isIntact = false;
            var reader = new Thread(() =>
            {
                using var guard = EpochGuard.Enter();
                inside.Set();
                leave.Wait();
                isIntact = !new Span<byte>(block, 100).ContainsAnyExcept((byte)3);
            });
            reader.Start();
            inside.Wait();
            heap.Dispose();
            memory.Taken.Should().BePositive("a reader is inside");
            using (EpochGuard.Enter())
            {
                // Entered after the disposal: its leaving must not release anything.
            }

            memory.Taken.Should().BePositive("the reader is still inside");
            leave.Set();
            reader.Join();
            isIntact.Should().BeTrue();
        }

        memory.Taken.Should().Be(0, "the last reader has left");
    }

    [Fact]
    public void Disposal_inside_an_epoch_happens_on_leaving_it()
    {
        var memory = new CountedMemory();
        var heap = new NativeHeap(isChecked: false, memory);
        using (EpochGuard.Enter())
        {
            using (var lease = heap.Lease())
            {
                lease.Allocate(100);
            }

            heap.Dispose();
            memory.Taken.Should().BePositive();
        }

        memory.Taken.Should().Be(0);
    }

    [Fact]
    public void Disposal_by_the_holder_of_a_lease_is_refused()
    {
        using var heap = new NativeHeap();
        Exception? thrown;
        using (heap.Lease())
        {
            thrown = Record.Exception(heap.Dispose);
        }

        thrown.Should().BeOfType<InvalidOperationException>();
        heap.Lease().Dispose();
    }

    [Fact]
    public void A_heap_that_nobody_disposed_is_released_by_its_finalizer()
    {
        var memory = new CountedMemory();
        Forget(memory);
        for (var i = 0; i < 100 && memory.Taken > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        memory.Taken.Should().Be(0);

        static void Forget(SystemMemory memory)
        {
            var heap = new NativeHeap(isChecked: false, memory);
            using var lease = heap.Lease();
            lease.Allocate(1000);
        }
    }
}
