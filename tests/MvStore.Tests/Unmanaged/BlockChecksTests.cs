using MvStore.Unmanaged;

namespace MvStore.Tests.Unmanaged;

/// <summary>A checked heap finds each kind of misuse.</summary>
[Collection(UnmanagedMemory.Name)]
public sealed unsafe class BlockChecksTests : IDisposable
{
    private readonly CountedMemory _memory = new();
    private readonly NativeHeap _heap;

    public BlockChecksTests() => _heap = new NativeHeap(isChecked: true, _memory);

    public void Dispose()
    {
        _ = Record.Exception(_heap.Dispose);
        _memory.Taken.Should().Be(0);
    }

    [Fact]
    public void Right_use_passes()
    {
        for (nuint size = 1; size < 300_000; size += 1 + (size / 3))
        {
            using var lease = _heap.Lease();
            var block = lease.Allocate(size);
            new Span<byte>(block, (int)size).ContainsAnyExcept(BlockChecks.Fresh).Should().BeFalse();
            new Span<byte>(block, (int)size).Fill(1);
            lease.Free(block, size);
            var other = lease.Allocate(size);
            (other != block).Should().BeTrue("what was freed is not used again");
            lease.Retire(other, size);
        }

        _heap.CollectAll();
        _heap.UsedBytes.Should().Be(0);
    }

    [Fact]
    public void A_retired_block_is_filled_when_no_reader_is_left()
    {
        byte* block;
        using (EpochGuard.Enter())
        {
            block = Allocate(40);
            *block = 1;
            Retire(block, 40);
            _heap.Collect();
            (*block).Should().Be(1);
        }

        _heap.CollectAll();
        (*block).Should().Be(BlockChecks.Poison);
    }

    [Fact]
    public void Freeing_twice_is_found()
    {
        var block = Allocate(40);
        Free(block, 40);
        FluentActions.Invoking(() => Free(block, 40)).Should().Throw<InvalidOperationException>().WithMessage("*again*");
        FluentActions.Invoking(() => Retire(block, 40)).Should().Throw<InvalidOperationException>().WithMessage("*again*");
    }

    [Fact]
    public void Freeing_a_retired_block_is_found()
    {
        var block = Allocate(40);
        Retire(block, 40);
        FluentActions.Invoking(() => Retire(block, 40)).Should().Throw<InvalidOperationException>().WithMessage("*again*");
        FluentActions.Invoking(() => Free(block, 40)).Should().Throw<InvalidOperationException>().WithMessage("*again*");
    }

    [Fact]
    public void A_wrong_size_or_block_is_found()
    {
        var block = Allocate(40);
        FluentActions.Invoking(() => Free(block, 41)).Should().Throw<InvalidOperationException>().WithMessage("*as one of 41*");
        FluentActions.Invoking(() => Retire(block, 39)).Should().Throw<InvalidOperationException>().WithMessage("*as one of 39*");
        FluentActions.Invoking(() => Free(block + 16, 24)).Should().Throw<InvalidOperationException>().WithMessage("*never handed out*");
    }

    [Fact]
    public void Writing_behind_a_block_is_found_on_freeing()
    {
        var block = Allocate(41);
        block[41] = 0;
        FluentActions.Invoking(() => Free(block, 41)).Should().Throw<InvalidOperationException>().WithMessage("*behind*");
    }

    [Fact]
    public void Writing_behind_a_block_is_found_on_collecting_and_on_disposal()
    {
        var block = Allocate(48);
        block[48 + 15] = 0;
        FluentActions.Invoking(_heap.Collect).Should().Throw<InvalidOperationException>().WithMessage("*behind*");
        FluentActions.Invoking(_heap.Dispose).Should().Throw<InvalidOperationException>().WithMessage("*behind*");
        _memory.Taken.Should().Be(0, "it is disposed all the same");
    }

    [Fact]
    public void Writing_to_a_freed_block_is_found()
    {
        var block = Allocate(1000);
        Free(block, 1000);
        block[999] = 0;
        FluentActions.Invoking(_heap.Collect).Should().Throw<InvalidOperationException>().WithMessage("*after it was freed*");
    }

    [Fact]
    public void Ending_a_lease_twice_is_found()
        => FluentActions.Invoking(() =>
        {
            var lease = _heap.Lease();
            lease.Dispose();
            lease.Dispose();
        }).Should().Throw<InvalidOperationException>().WithMessage("*twice*");

    [Fact]
    public void Much_freed_memory_is_let_go()
    {
        for (var i = 0; i < 400; i++)
        {
            Free(Allocate(1_000_000), 1_000_000);
        }

        _heap.ReservedBytes.Should().BeLessThan(200_000_000).And.BeGreaterThan(100_000_000);
        _heap.UsedBytes.Should().Be(0);
    }

    [Fact]
    public void An_unchecked_heap_finds_the_gross_mistakes()
    {
        using var heap = new NativeHeap();
        var blocks = new nint[2];
        using (var lease = heap.Lease())
        {
            blocks[0] = (nint)lease.Allocate(40);
            blocks[1] = (nint)lease.Allocate(40_000);
        }

        FluentActions.Invoking(() => FreeIn(heap, blocks[0], 60)).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => FreeIn(heap, blocks[1], 50_000)).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => FreeIn(heap, blocks[1] + 16, 40_000)).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => FreeIn(heap, blocks[1], 4_000_000)).Should().Throw<InvalidOperationException>();
        FreeIn(heap, blocks[1], 40_000);
        FluentActions.Invoking(() => FreeIn(heap, blocks[1], 40_000)).Should().Throw<InvalidOperationException>();

        static void FreeIn(NativeHeap heap, nint block, int size)
        {
            using var lease = heap.Lease();
            lease.Free((void*)block, (nuint)size);
        }
    }

    private byte* Allocate(int size)
    {
        using var lease = _heap.Lease();
        return lease.Allocate((nuint)size);
    }

    private void Free(byte* block, int size)
    {
        using var lease = _heap.Lease();
        lease.Free(block, (nuint)size);
    }

    private void Retire(byte* block, int size)
    {
        using var lease = _heap.Lease();
        lease.Retire(block, (nuint)size);
    }
}
