using MvStore.Unmanaged;

namespace MvStore.Tests.Unmanaged;

/// <summary>A heap with a model of it: which blocks there are, what is in them, and which a reader may still look at.</summary>
internal sealed unsafe class HeapHarness : IDisposable
{
    private readonly CountedMemory _memory = new();
    private readonly NativeHeap _heap;
    private readonly List<Block> _live = [];
    private readonly List<Block> _held = []; // Retired since the reader entered.
    private byte _lastPattern;
    private bool _isInside;

    public HeapHarness(bool isChecked) => _heap = new NativeHeap(isChecked, _memory);

    public long ReservedBytes => _heap.ReservedBytes;

    public void Do(int operation, int size, int pick)
    {
        switch (operation)
        {
            case < 7:
                Allocate(size);
                break;
            case < 9 when _live.Count > 0:
                Free(pick % _live.Count, nested: operation == 8);
                break;
            case < 12 when _live.Count > 0:
                Retire(pick % _live.Count, nested: operation == 11);
                break;
            case 12 when _isInside:
                Leave();
                break;
            case 12:
                EpochSlot.OfThisThread.Enter();
                _isInside = true;
                break;
            case 13:
                Collect();
                break;
        }

        VerifyAccounts();
    }

    public void Allocate(int size)
    {
        using var lease = _heap.Lease();
        var block = new Block((nint)lease.Allocate((nuint)size), size, ++_lastPattern);
        (block.Address % 16).Should().Be(0);
        foreach (var other in _live.Concat(_held))
        {
            (block.Address + size <= other.Address || other.Address + other.Size <= block.Address).Should().BeTrue("blocks do not overlap");
        }

        block.Bytes.Fill(block.Pattern);
        _live.Add(block);
    }

    public void Free(int index, bool nested)
    {
        var block = Take(index);
        using var outer = _heap.Lease();
        if (nested)
        {
            using var inner = _heap.Lease();
            inner.Free((void*)block.Address, (nuint)block.Size);
        }
        else
        {
            outer.Free((void*)block.Address, (nuint)block.Size);
        }
    }

    public void Collect()
    {
        if (_isInside)
        {
            _heap.Collect();
        }
        else
        {
            _heap.CollectAll();
            _heap.RetiredBytes.Should().Be(0);
        }
    }

    public void End()
    {
        foreach (var block in _live)
        {
            block.Verify();
        }

        if (_isInside)
        {
            Leave();
        }

        while (_live.Count > 0)
        {
            Free(_live.Count - 1, nested: false);
        }

        Collect();
        _heap.UsedBytes.Should().Be(0);
        _heap.ReservedBytes.Should().Be(_memory.Taken);
        _heap.Dispose();
        _memory.Taken.Should().Be(0);
    }

    public void Dispose()
    {
        if (_isInside)
        {
            Leave();
        }

        _heap.Dispose();
    }

    private void Retire(int index, bool nested)
    {
        var block = Take(index);
        using var outer = _heap.Lease();
        if (nested)
        {
            using var inner = _heap.Lease();
            inner.Retire((void*)block.Address, (nuint)block.Size);
        }
        else
        {
            outer.Retire((void*)block.Address, (nuint)block.Size);
        }

        if (_isInside)
        {
            _held.Add(block);
        }
    }

    private void Leave()
    {
        _held.ForEach(b => b.Verify());
        _held.Clear();
        EpochSlot.OfThisThread.Leave();
        _isInside = false;
    }

    private Block Take(int index)
    {
        var block = _live[index];
        _live.RemoveAt(index);
        block.Verify();
        return block;
    }

    private void VerifyAccounts()
    {
        (_heap.UsedBytes - _heap.RetiredBytes).Should().Be(_live.Sum(b => (long)NativeHeap.BlockSize((nuint)b.Size)));
        _heap.RetiredBytes.Should().BeGreaterThanOrEqualTo(_held.Sum(b => (long)NativeHeap.BlockSize((nuint)b.Size)));
        _heap.ReservedBytes.Should().Be(_memory.Taken);
    }

    private readonly record struct Block(nint Address, int Size, byte Pattern)
    {
        public Span<byte> Bytes => new((void*)Address, Size);

        public void Verify() => Bytes.ContainsAnyExcept(Pattern).Should().BeFalse("a block that somebody may look at stays as it is");
    }
}
