using System.Numerics;

namespace MvStore.Unmanaged;

/// <summary>
/// The chunks of one heap. Pages are taken from the fullest chunk that has one, so that the others become empty; an empty chunk goes back to the operating
/// system, but for a few. The gate is held for a few dozen instructions, never across a call to the system.
/// <para>
/// The first touch of new memory takes the system long: it clears 2 MB at once where it grants large pages, some milliseconds on a virtual machine. Who needs a
/// page is in the middle of a commit, and later publications stand behind it. So a growing heap has memory put behind its next chunks ahead of need, on the thread pool.
/// </para>
/// </summary>
/// <param name="memory">Where chunks come from.</param>
/// <param name="worksAhead">Whether chunks are made ready ahead of need.</param>
internal sealed unsafe class ChunkPool(SystemMemory memory, bool worksAhead) : IThreadPoolWorkItem
{
    // Chunks that are made ready ahead of need: as many as a heap of this size may keep anyway, and no more than are used up meanwhile.
    private const int AheadShare = 16;
    private const int MostAhead = 4;

    // Empty chunks that are kept: two, or an eighth of those in use.
    private const int LeastReserve = 2;
    private const int ReserveShare = 8;

    private readonly Lock _gate = new();
    private readonly nint[] _firstByUse = new nint[HeapChunk.Pages + 1]; // Lists of chunks by pages in use. Owner: _gate.
    private ulong _usesPresent; // A bit for each such list that is not empty. Owner: _gate.
    private int _chunks; // Owner: _gate; read by everyone, volatile.
    private int _empty; // Those without a page in use. Owner: _gate.
    private bool _isWorkingAhead; // Whether somebody is about to make chunks ready. Owner: _gate.
    private bool _isReleased; // Whether all chunks were given back for good. Owner: _gate.

    /// <summary>Bytes taken from the operating system and not given back.</summary>
    public long ReservedBytes => Volatile.Read(ref _chunks) * (long)HeapChunk.Size;

    /// <summary>Takes a page. Everything in its description is undefined.</summary>
    /// <returns>The page, or null when there is no memory.</returns>
    public HeapPage* TryTakePage()
    {
        while (true)
        {
            HeapPage* page = null;
            var mustWorkAhead = false;
            lock (_gate)
            {
                var withRoom = _usesPresent & ~(1UL << HeapChunk.Pages);
                if (withRoom != 0)
                {
                    page = TakePage((HeapChunk*)_firstByUse[BitOperations.Log2(withRoom)]);
                    mustWorkAhead = worksAhead && !_isWorkingAhead && WantsMore();
                    _isWorkingAhead |= mustWorkAhead;
                }
            }

            if (mustWorkAhead)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }

            if (page != null)
            {
                return page;
            }

            if (!AddChunk(isAhead: false))
            {
                return null;
            }
        }
    }

    /// <summary>Makes chunks ready until there are enough ahead.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        var goesOn = true;
        while (goesOn)
        {
            var isAdded = false;
            try
            {
                isAdded = AddChunk(isAhead: true);
            }
            catch (PlatformNotSupportedException)
            {
                // Nobody waits for this chunk. Who needs one gets the same from the system.
            }

            lock (_gate)
            {
                goesOn = isAdded && WantsMore();
                _isWorkingAhead = goesOn;
            }
        }
    }

    /// <summary>Gives a page back, no block of which is in use.</summary>
    public void GiveBack(HeapPage* page)
    {
        HeapChunk* surplus = null;
        lock (_gate)
        {
            var chunk = HeapChunk.Of(page);
            Unlink(chunk);
            chunk->PagesInUse &= ~(1u << HeapChunk.NumberOf(page));
            Link(chunk);
            if (chunk->PagesInUse == 0)
            {
                _empty++;
                surplus = TakeSurplus(LeastReserve);
            }
        }

        GiveBack(surplus);
    }

    /// <summary>Gives back all chunks without a page in use, but for the few that are kept.</summary>
    /// <param name="leastReserve">How many to keep at least.</param>
    public void Trim(int leastReserve = LeastReserve)
    {
        while (true)
        {
            HeapChunk* surplus;
            lock (_gate)
            {
                surplus = TakeSurplus(leastReserve);
            }

            if (surplus == null || !GiveBack(surplus))
            {
                return;
            }
        }
    }

    /// <summary>Gives back all chunks, whatever is in them. Nobody may use one any more.</summary>
    public void ReleaseAll()
    {
        lock (_gate)
        {
            _isReleased = true;
            for (var use = 0; use < _firstByUse.Length; use++)
            {
                var chunk = (HeapChunk*)_firstByUse[use];
                while (chunk != null)
                {
                    var next = chunk->Next;
                    memory.TryGiveBack((byte*)chunk, HeapChunk.Size);
                    chunk = next;
                }

                _firstByUse[use] = 0;
            }

            _usesPresent = 0;
            _empty = 0;
            Volatile.Write(ref _chunks, 0);
        }
    }

    private HeapPage* TakePage(HeapChunk* chunk)
    {
        _empty -= chunk->PagesInUse == 0 ? 1 : 0;
        Unlink(chunk);
        var number = BitOperations.TrailingZeroCount(~chunk->PagesInUse);
        chunk->PagesInUse |= 1u << number;
        Link(chunk);
        return HeapChunk.PageOf(chunk, number);
    }

    // Under the gate.
    private bool WantsMore() => !_isReleased && _empty < Math.Min(MostAhead, (_chunks - _empty) / AheadShare);

    private bool AddChunk(bool isAhead)
    {
        var chunk = (HeapChunk*)memory.TryTake(HeapChunk.Size, HeapChunk.Size);
        if (chunk == null)
        {
            return false;
        }

        if (Volatile.Read(ref _chunks) > 0)
        {
            // Not the first: a small store would pay for a large page that it does not fill.
            memory.WishForLargePages((byte*)chunk, HeapChunk.Size);
        }

        // Who needs the chunk at once waits for no more than its first page, be it a large one.
        memory.Populate((byte*)chunk, isAhead ? HeapChunk.Size : SystemMemory.Unit);

        chunk->PagesInUse = 0;
        lock (_gate)
        {
            if (!_isReleased)
            {
                Volatile.Write(ref _chunks, _chunks + 1);
                _empty++;
                Link(chunk);
                return true;
            }
        }

        memory.TryGiveBack((byte*)chunk, HeapChunk.Size);
        return false;
    }

    // Under the gate. Takes an empty chunk out if there are more than are to be kept.
    private HeapChunk* TakeSurplus(int leastReserve)
    {
        if (_empty <= Math.Max(leastReserve, (_chunks - _empty) / ReserveShare))
        {
            return null;
        }

        var chunk = (HeapChunk*)_firstByUse[0];
        Unlink(chunk);
        _empty--;
        Volatile.Write(ref _chunks, _chunks - 1);
        return chunk;
    }

    private bool GiveBack(HeapChunk* chunk)
    {
        if (chunk == null || memory.TryGiveBack((byte*)chunk, HeapChunk.Size))
        {
            return true;
        }

        // Refused (a kernel limits the number of mappings, and a hole makes one more): it stays in the reserve.
        chunk->PagesInUse = 0;
        lock (_gate)
        {
            Volatile.Write(ref _chunks, _chunks + 1);
            _empty++;
            Link(chunk);
        }

        return false;
    }

    private void Link(HeapChunk* chunk)
    {
        var use = BitOperations.PopCount(chunk->PagesInUse);
        var first = (HeapChunk*)_firstByUse[use];
        chunk->Previous = null;
        chunk->Next = first;
        if (first != null)
        {
            first->Previous = chunk;
        }

        _firstByUse[use] = (nint)chunk;
        _usesPresent |= 1UL << use;
    }

    private void Unlink(HeapChunk* chunk)
    {
        var use = BitOperations.PopCount(chunk->PagesInUse);
        if (chunk->Previous == null)
        {
            _firstByUse[use] = (nint)chunk->Next;
            _usesPresent &= chunk->Next == null ? ~(1UL << use) : ~0UL;
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
