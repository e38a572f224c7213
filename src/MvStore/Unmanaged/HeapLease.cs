using System.Runtime.CompilerServices;

namespace MvStore.Unmanaged;

/// <summary>Exclusive use of one part of a heap. For one thread, for a short time: nothing may wait while it is held. Dispose it once.</summary>
internal readonly unsafe ref struct HeapLease : IDisposable
{
    private readonly NativeHeap _heap;
    private readonly HeapStripe* _stripe;

    internal HeapLease(NativeHeap heap, HeapStripe* stripe)
    {
        _heap = heap;
        _stripe = stripe;
    }

    /// <summary>Takes a block. Its content is undefined.</summary>
    /// <param name="size">Bytes, at least 1.</param>
    /// <exception cref="OutOfMemoryException">The operating system has no more. Nothing has changed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Allocate(nuint size)
    {
        var stripe = _stripe;
        if (size - 1 < SizeClasses.Largest)
        {
            var page = stripe->CurrentPageFor(size);
            var block = page->Free;
            if (block != null)
            {
                page->Free = *(byte**)block;
                page->Live++;
                stripe->Used += page->BlockSize;
                return block;
            }
        }

        return _heap.AllocateSlowly(stripe, size);
    }

    /// <summary>Frees a block at once. Nobody else may ever have been able to reach it.</summary>
    /// <param name="block">The block.</param>
    /// <param name="size">The size it was allocated with.</param>
    public void Free(void* block, nuint size) => _heap.Free(_stripe, (byte*)block, size);

    /// <summary>Frees a block once no reader can reach it. It must not be reachable for those who enter an epoch from now on.</summary>
    /// <param name="block">The block.</param>
    /// <param name="size">The size it was allocated with.</param>
    public void Retire(void* block, nuint size) => _heap.Retire(_stripe, (byte*)block, size);

    /// <summary>Ends the lease.</summary>
    /// <exception cref="InvalidOperationException">The thread does not hold it (any more). Noticed by a checked heap only.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        if (_stripe->Outgoing != 0)
        {
            HeapInbox.Send(_stripe);
        }

        if (_stripe->IsChecked)
        {
            _stripe->RequireHolder();
        }

        Volatile.Write(ref _stripe->Taken, 0);

        // The stripe is memory of the heap.
        GC.KeepAlive(_heap);
    }
}
