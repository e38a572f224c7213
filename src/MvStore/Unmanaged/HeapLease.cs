namespace MvStore.Unmanaged;

/// <summary>Exclusive use of one part of a heap. For one thread, for a short time: nothing may wait while it is held.</summary>
internal readonly unsafe ref struct HeapLease : IDisposable
{
    private readonly NativeHeap _heap;

    internal HeapLease(NativeHeap heap) => _heap = heap;

    /// <summary>Takes a block. Its content is undefined.</summary>
    /// <param name="size">Bytes, at least 1.</param>
    /// <exception cref="OutOfMemoryException">The operating system has no more.</exception>
    public byte* Allocate(nuint size) => _heap.Allocate(size);

    /// <summary>Frees a block at once. Nobody else may ever have been able to reach it.</summary>
    /// <param name="block">The block.</param>
    /// <param name="size">The size it was allocated with.</param>
    public void Free(void* block, nuint size) => _heap.Free((byte*)block, size);

    /// <summary>Frees a block once no reader can reach it. It must not be reachable for those who enter an epoch from now on.</summary>
    /// <param name="block">The block.</param>
    /// <param name="size">The size it was allocated with.</param>
    public void Retire(void* block, nuint size) => _heap.Retire((byte*)block, size);

    /// <summary>Ends the lease.</summary>
    public void Dispose()
    {
    }
}
