using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>The unmanaged memory of one store. Blocks are 16-byte aligned and below 2^47. Allocate, free and retire through a <see cref="HeapLease"/>.</summary>
internal sealed unsafe class NativeHeap : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<(nint Block, nuint Size, long Epoch)> _retired = new();
    private long _used;
    private long _retiredBytes;

    /// <summary>Bytes handed out and not free again, rounded up to block sizes.</summary>
    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>Bytes handed out and neither free again nor retired.</summary>
    public long LiveBytes => UsedBytes - Volatile.Read(ref _retiredBytes);

    /// <summary>Bytes taken from the operating system and not given back.</summary>
    public long ReservedBytes => Volatile.Read(ref _used);

    /// <summary>The size a block of so many bytes really takes.</summary>
    public static nuint BlockSize(nuint size) => (size + 15) & ~(nuint)15;

    /// <summary>Takes a lease. Dispose it soon, on the same thread; nothing may wait while it is held.</summary>
    public HeapLease Lease() => new(this);

    /// <summary>Frees what no reader can reach any more, and gives back memory that is not needed.</summary>
    public void Collect()
    {
        lock (_gate)
        {
            Epochs.TryAdvance();
            var now = Epochs.Current;
            while (_retired.TryPeek(out var head) && head.Epoch + 2 <= now)
            {
                _retired.Dequeue();
                Interlocked.Add(ref _retiredBytes, -(long)BlockSize(head.Size));
                Release(head.Block, head.Size);
            }
        }
    }

    /// <summary>Frees everything. No reader may be left.</summary>
    public void Dispose()
    {
    }

    internal byte* Allocate(nuint size)
    {
        Interlocked.Add(ref _used, (long)BlockSize(size));
        return (byte*)NativeMemory.AlignedAlloc(BlockSize(size), 16);
    }

    internal void Free(byte* block, nuint size) => Release((nint)block, size);

    internal void Retire(byte* block, nuint size)
    {
        lock (_gate)
        {
            Interlocked.MemoryBarrier();
            Interlocked.Add(ref _retiredBytes, (long)BlockSize(size));
            _retired.Enqueue(((nint)block, size, Epochs.Current));
        }
    }

    private void Release(nint block, nuint size)
    {
        Interlocked.Add(ref _used, -(long)BlockSize(size));
        NativeMemory.AlignedFree((void*)block);
    }
}
