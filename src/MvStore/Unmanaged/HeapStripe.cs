using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>
/// One part of a heap, used by one lease at a time: pages by size class, blocks to be sent home to other stripes, and retired blocks.
/// </summary>
/// <remarks>
/// <para>
/// A page may change its owner, but only while one thread holds the leases of both stripes. So whoever holds a lease and finds his stripe to be the owner may
/// rely on it, and whoever finds another sends the block there; if it is not the owner any more, it is sent on when it is sorted.
/// </para>
/// <para>Owner of every field but <see cref="Taken"/> and <see cref="Inbox"/>: whoever holds the lease; plain accesses, ordered by <see cref="Taken"/>.</para>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 256 + (4 * WordsPerTable * sizeof(long)))]
internal unsafe struct HeapStripe
{
    /// <summary>The most stripes of a heap.</summary>
    public const int Most = 64;

    private const int WordsPerTable = 64;

    /// <summary>0 or the number of the managed thread that holds the lease. Taken by compare-and-swap, let go by a release store.</summary>
    [FieldOffset(0)]
    public int Taken;

    /// <summary>The stripe's number. Never changes.</summary>
    [FieldOffset(4)]
    public int Number;

    /// <summary>The class of a size in granules, see <see cref="SizeClasses"/>; class 0, which has no pages, for all sizes of a checked heap. Never changes.</summary>
    [FieldOffset(8)]
    public byte* Classes;

    /// <summary>Bytes handed out here, less bytes freed here; may be negative. Owner: the lease; read by everyone, volatile.</summary>
    [FieldOffset(16)]
    public long Used;

    /// <summary>Bytes retired here and not free yet. Owner: the lease; read by everyone, volatile.</summary>
    [FieldOffset(24)]
    public long Retired;

    /// <summary>A bit for each stripe that blocks wait to be sent to. Owner: the lease; 0 between leases.</summary>
    [FieldOffset(32)]
    public ulong Outgoing;

    /// <summary>What was taken from the inbox and not sorted yet. Owner: the lease.</summary>
    [FieldOffset(40)]
    public byte* Unsorted;

    /// <summary>The retired blocks that have no stamp yet, or null. Owner: the lease.</summary>
    [FieldOffset(48)]
    public RetiredBatch* Open;

    /// <summary>The oldest batch with a stamp, or null. Owner: the lease.</summary>
    [FieldOffset(56)]
    public RetiredBatch* First;

    /// <summary>The youngest batch with a stamp. Owner: the lease.</summary>
    [FieldOffset(64)]
    public RetiredBatch* Last;

    /// <summary>An empty batch kept for the next time, or null. Owner: the lease.</summary>
    [FieldOffset(72)]
    public RetiredBatch* Spare;

    /// <summary>All stripes of the heap. Never changes.</summary>
    [FieldOffset(80)]
    public HeapStripe* All;

    /// <summary>How many there are. Never changes.</summary>
    [FieldOffset(100)]
    public int Count;

    /// <summary>Bytes in batches that were closed since it last moved the epoch on. Owner: the lease.</summary>
    [FieldOffset(104)]
    public long RetiredSinceAdvance;

    /// <summary>Stands for a page where there is none: it has no free block. Never changes.</summary>
    [FieldOffset(88)]
    public HeapPage* NoPage;

    /// <summary>Whether blocks are checked: none of them is in a page then. Never changes.</summary>
    [FieldOffset(96)]
    public bool IsChecked;

    /// <summary>
    /// Blocks of this stripe's pages that were freed elsewhere, each with the address of the next. Pushed by compare-and-swap by anyone, taken whole by
    /// interlocked exchange by the lease. On cache lines of its own.
    /// </summary>
    [FieldOffset(128)]
    public nint Inbox;

    // By size class: the page that blocks are taken from. Owner: the lease.
    [FieldOffset(256)]
    private fixed long _current[WordsPerTable];

    // By size class: the first of the other pages with free blocks, or 0. Owner: the lease.
    [FieldOffset(256 + (WordsPerTable * sizeof(long)))]
    private fixed long _listed[WordsPerTable];

    /// <summary>By stripe: the first of the blocks to be sent there. Owner: the lease; valid where <see cref="Outgoing"/> has a bit.</summary>
    [FieldOffset(256 + (2 * WordsPerTable * sizeof(long)))]
    public fixed long OutgoingFirst[WordsPerTable];

    /// <summary>By stripe: the last of the blocks to be sent there. Owner: the lease; valid where <see cref="Outgoing"/> has a bit.</summary>
    [FieldOffset(256 + (3 * WordsPerTable * sizeof(long)))]
    public fixed long OutgoingLast[WordsPerTable];

    /// <summary>Makes zeroed memory a stripe.</summary>
    public void Initialize(int number, HeapStripe* all, int count, HeapPage* noPage, bool isChecked)
    {
        Number = number;
        All = all;
        Count = count;
        NoPage = noPage;
        IsChecked = isChecked;
        Classes = isChecked ? SizeClasses.NoneByGranules : SizeClasses.ByGranules;
        for (var sizeClass = 0; sizeClass < SizeClasses.Count; sizeClass++)
        {
            _current[sizeClass] = (long)noPage;
        }
    }

    private readonly HeapStripe* Self => All + Number;

    /// <summary>The first of the pages of a class, beside the current one, that have free blocks; null when there is none.</summary>
    public readonly HeapPage* FirstListed(int sizeClass) => (HeapPage*)Volatile.Read(in _listed[sizeClass]);

    /// <summary>Whether a page with a free block of a class is at hand.</summary>
    public readonly bool HasFree(int sizeClass) => _listed[sizeClass] != 0 || ((HeapPage*)_current[sizeClass])->Free != null;

    /// <summary>Takes the lease if nobody holds it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLease() => Interlocked.CompareExchange(ref Taken, Environment.CurrentManagedThreadId, 0) == 0;

    /// <summary>Throws unless the calling thread holds the lease.</summary>
    public void RequireHolder()
    {
        if (Volatile.Read(ref Taken) != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException("A lease was ended twice, or by another thread than the one that took it.");
        }
    }

    /// <summary>The page from which blocks of a size are taken.</summary>
    /// <param name="size">1 to <see cref="SizeClasses.Largest"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly HeapPage* CurrentPageFor(nuint size) => (HeapPage*)_current[Classes[(size + SizeClasses.Granule - 1) / SizeClasses.Granule]];

    /// <summary>Takes a block of a class, not counted as used.</summary>
    /// <returns>The block, or null when there is no memory; then nothing has changed.</returns>
    public byte* TryTake(ChunkPool pool, int sizeClass)
    {
        var page = (HeapPage*)_current[sizeClass];
        if (page->Free == null)
        {
            page = PageWithFree(pool, sizeClass);
            if (page == null)
            {
                return null;
            }
        }

        var block = page->Free;
        page->Free = *(byte**)block;
        page->Live++;
        return block;
    }

    /// <summary>Makes a block free again, not counted; one of another stripe's pages is sent there at the end of the lease.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Return(ChunkPool pool, HeapPage* page, byte* block)
    {
        if (page->Owner == Number)
        {
            ReturnHome(pool, page, block);
        }
        else
        {
            HeapInbox.Post(Self, page->Owner, block);
        }
    }

    /// <summary>Gives back the current pages in which no block is in use.</summary>
    public void GiveBackEmptyPages(ChunkPool pool)
    {
        for (var sizeClass = 0; sizeClass < SizeClasses.Count; sizeClass++)
        {
            var page = (HeapPage*)_current[sizeClass];
            if (page != NoPage && page->Live == 0)
            {
                _current[sizeClass] = (long)NoPage;
                pool.GiveBack(page);
            }
        }
    }

    /// <summary>Puts a page into the list of its class.</summary>
    public void List(HeapPage* page)
    {
        var first = (HeapPage*)_listed[page->SizeClass];
        page->Previous = null;
        page->Next = first;
        if (first != null)
        {
            first->Previous = page;
        }

        _listed[page->SizeClass] = (long)page;
    }

    /// <summary>Takes a page out of the list of its class.</summary>
    public void Unlist(HeapPage* page)
    {
        if (page->Previous == null)
        {
            _listed[page->SizeClass] = (long)page->Next;
        }
        else
        {
            page->Previous->Next = page->Next;
        }

        if (page->Next != null)
        {
            page->Next->Previous = page->Previous;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReturnHome(ChunkPool pool, HeapPage* page, byte* block)
    {
        *(byte**)block = page->Free;
        page->Free = block;
        if (--page->Live == 0 || page->State == HeapPageState.Full)
        {
            Settle(pool, page);
        }
    }

    // A page that is not current got its first free block, or has no other any more.
    private void Settle(ChunkPool pool, HeapPage* page)
    {
        if (page->State == HeapPageState.Current)
        {
            return;
        }

        if (page->Live > 0)
        {
            page->State = HeapPageState.Listed;
            List(page);
            return;
        }

        if (page->State == HeapPageState.Listed)
        {
            Unlist(page);
        }

        pool.GiveBack(page);
    }

    // The current page has no free block. Null when there is no memory.
    private HeapPage* PageWithFree(ChunkPool pool, int sizeClass)
    {
        var page = (HeapPage*)_current[sizeClass];
        if (HeapPage.Extend(page))
        {
            return page;
        }

        HeapInbox.Sort(pool, Self, sizeClass);
        if (page->Free != null)
        {
            return page;
        }

        var next = (HeapPage*)_listed[sizeClass];
        if (next != null)
        {
            Unlist(next);
        }
        else
        {
            next = PageTakeover.TryTake(pool, Self, sizeClass);
            if (next == null)
            {
                next = pool.TryTakePage();
                if (next == null)
                {
                    return null;
                }

                HeapPage.Open(next, Number, sizeClass);
                HeapPage.Extend(next);
            }
        }

        if (page != NoPage)
        {
            page->State = HeapPageState.Full;
        }

        next->State = HeapPageState.Current;
        _current[sizeClass] = (long)next;
        return next;
    }
}
