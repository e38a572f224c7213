using System.Numerics;

namespace MvStore.Unmanaged;

/// <summary>
/// The blocks of one heap that have no size class. Up to half a megabyte they are runs of units in chunks, because an operating system limits the number
/// of mappings; above, each is a mapping of its own. One gate for all: to fill such a block takes longer than to find it.
/// </summary>
internal sealed unsafe class LargeBlocks(SystemMemory memory)
{
    private const int LargestRun = 512 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<nint, nuint> _mappings = []; // Address and size. Owner: _gate.
    private readonly nint[] _firstByRun = new nint[BitOperations.Log2(RunChunk.MostUnits) + 2]; // Lists of chunks, see ListOf. Owner: _gate.
    private int _empty; // Chunks without a run in use. Owner: _gate.
    private long _reserved; // Interlocked addition by everyone; read by everyone, volatile.

    /// <summary>Bytes taken from the operating system and not given back.</summary>
    public long ReservedBytes => Volatile.Read(ref _reserved);

    /// <summary>The size a block of so many bytes really takes.</summary>
    public static nuint BlockSize(nuint size)
    {
        var unit = size <= LargestRun ? RunChunk.UnitSize : SystemMemory.Unit;
        return (size + unit - 1) & ~(unit - 1);
    }

    /// <summary>Takes a block.</summary>
    /// <returns>The block, or null when there is no memory; then nothing has changed.</returns>
    public byte* TryAllocate(nuint size) => size <= LargestRun ? TryTakeRun(UnitsOf(size)) : TryMap(BlockSize(size));

    /// <summary>Frees a block.</summary>
    /// <exception cref="InvalidOperationException">It is not in use, or it was allocated with another size.</exception>
    public void Free(byte* block, nuint size)
    {
        if (size <= LargestRun)
        {
            GiveBackRun(block, UnitsOf(size));
        }
        else
        {
            GiveBackMapping(block, BlockSize(size));
        }
    }

    /// <summary>Gives back chunks without a run in use.</summary>
    public void Trim() => GiveBackEmptyChunks(keep: 0);

    /// <summary>Gives back everything. Nobody may use a block any more.</summary>
    public void ReleaseAll()
    {
        lock (_gate)
        {
            foreach (var (address, size) in _mappings)
            {
                GiveBack((byte*)address, size);
            }

            _mappings.Clear();
            for (var list = 0; list < _firstByRun.Length; list++)
            {
                for (var chunk = (RunChunk*)_firstByRun[list]; chunk != null;)
                {
                    var next = chunk->Next;
                    GiveBack((byte*)chunk, HeapChunk.Size);
                    chunk = next;
                }

                _firstByRun[list] = 0;
            }

            _empty = 0;
        }
    }

    private static int UnitsOf(nuint size) => (int)(BlockSize(size) / RunChunk.UnitSize);

    // Chunks in list n have a longest free run of 2^(n-1) units and more, but less than 2^n.
    private static int ListOf(int longestRun) => longestRun == 0 ? 0 : BitOperations.Log2((uint)longestRun) + 1;

    private byte* TryTakeRun(int units)
    {
        while (true)
        {
            lock (_gate)
            {
                var chunk = FindChunk(units);
                if (chunk != null)
                {
                    _empty -= chunk->IsEmpty ? 1 : 0;
                    Unlink(chunk);
                    var block = RunChunk.Take(chunk, units);
                    Link(chunk);
                    return block;
                }
            }

            var isFirst = ReservedBytes == 0;
            var fresh = (RunChunk*)TryTake(HeapChunk.Size, HeapChunk.Size);
            if (fresh == null)
            {
                return null;
            }

            if (!isFirst)
            {
                // Here is the table of keys, read at random. A small store would pay for a large page that it does not fill.
                memory.WishForLargePages((byte*)fresh, HeapChunk.Size);
            }

            RunChunk.Open(fresh);
            lock (_gate)
            {
                _empty++;
                Link(fresh);
            }
        }
    }

    // The first chunk of the first list in which all fit; before that, the first one of the list in which some do.
    private RunChunk* FindChunk(int units)
    {
        for (var list = ListOf(units); list < _firstByRun.Length; list++)
        {
            var chunk = (RunChunk*)_firstByRun[list];
            if (chunk != null && chunk->LongestRun >= units)
            {
                return chunk;
            }
        }

        return null;
    }

    private void GiveBackRun(byte* block, int units)
    {
        lock (_gate)
        {
            var chunk = RunChunk.Of(block);
            Unlink(chunk);
            try
            {
                RunChunk.GiveBack(chunk, block, units);
            }
            finally
            {
                Link(chunk);
            }

            _empty += chunk->IsEmpty ? 1 : 0;
        }

        GiveBackEmptyChunks(keep: 1);
    }

    private void GiveBackEmptyChunks(int keep)
    {
        while (true)
        {
            RunChunk* chunk;
            lock (_gate)
            {
                chunk = _empty > keep ? (RunChunk*)_firstByRun[^1] : null;
                while (chunk != null && !chunk->IsEmpty)
                {
                    chunk = chunk->Next;
                }

                if (chunk == null)
                {
                    return;
                }

                Unlink(chunk);
                _empty--;
            }

            if (!GiveBack((byte*)chunk, HeapChunk.Size))
            {
                RunChunk.Open(chunk);
                lock (_gate)
                {
                    _empty++;
                    Link(chunk);
                }

                return;
            }
        }
    }

    private byte* TryMap(nuint size)
    {
        var isLarge = size >= HeapChunk.Size;
        var block = TryTake(size, isLarge ? HeapChunk.Size : SystemMemory.Unit);
        if (block == null)
        {
            return null;
        }

        if (isLarge)
        {
            memory.WishForLargePages(block, size);
        }

        try
        {
            lock (_gate)
            {
                _mappings.Add((nint)block, size);
            }
        }
        catch (OutOfMemoryException)
        {
            GiveBack(block, size);
            throw;
        }

        return block;
    }

    private void GiveBackMapping(byte* block, nuint size)
    {
        lock (_gate)
        {
            if (!_mappings.TryGetValue((nint)block, out var present) || present != size)
            {
                throw new InvalidOperationException("A block was freed that is not in use, or with another size than it was allocated with.");
            }

            _mappings.Remove((nint)block);
        }

        if (!GiveBack(block, size))
        {
            // Refused: it is kept, to be tried again when the heap is disposed.
            lock (_gate)
            {
                _mappings.Add((nint)block, size);
            }
        }
    }

    private byte* TryTake(nuint size, nuint alignment)
    {
        var taken = memory.TryTake(size, alignment);
        if (taken != null)
        {
            Interlocked.Add(ref _reserved, (long)size);
        }

        return taken;
    }

    private bool GiveBack(byte* taken, nuint size)
    {
        var isGone = memory.TryGiveBack(taken, size);
        if (isGone)
        {
            Interlocked.Add(ref _reserved, -(long)size);
        }

        return isGone;
    }

    private void Link(RunChunk* chunk)
    {
        ref var head = ref _firstByRun[ListOf(chunk->LongestRun)];
        var first = (RunChunk*)head;
        chunk->Previous = null;
        chunk->Next = first;
        if (first != null)
        {
            first->Previous = chunk;
        }

        head = (nint)chunk;
    }

    private void Unlink(RunChunk* chunk)
    {
        if (chunk->Previous == null)
        {
            _firstByRun[ListOf(chunk->LongestRun)] = (nint)chunk->Next;
        }
        else
        {
            chunk->Previous->Next = chunk->Next;
        }

        if (chunk->Next != null)
        {
            chunk->Next->Previous = chunk->Previous;
        }
    }
}
