namespace MvStore.Unmanaged;

/// <summary>
/// Takes pages with free blocks from other stripes when much of the heap is free: what a thread allocates after it has moved to another processor must not
/// always be new memory.
/// </summary>
internal static unsafe class PageTakeover
{
    private const int PagesAtOnce = 8;
    private const int AllowedChunks = 4;
    private const int AllowedShare = 4;

    /// <summary>Takes a page with free blocks of a class from another stripe, and lists some more.</summary>
    /// <param name="pool">The chunks of the heap.</param>
    /// <param name="stripe">The stripe that needs one, leased.</param>
    /// <param name="sizeClass">The class.</param>
    /// <returns>The page, in no list; null when there is none, or when little is free.</returns>
    public static HeapPage* TryTake(ChunkPool pool, HeapStripe* stripe, int sizeClass)
    {
        if (!IsMuchFree(pool, stripe))
        {
            return null;
        }

        for (var i = 1; i < stripe->Count && stripe->FirstListed(sizeClass) == null; i++)
        {
            var other = stripe->All + ((stripe->Number + i) % stripe->Count);

            // A look without the lease: nothing depends on it.
            if ((Volatile.Read(ref other->Inbox) != 0 || other->FirstListed(sizeClass) != null) && other->TryLease())
            {
                HeapInbox.Sort(pool, other, sizeClass);
                Move(other, stripe, sizeClass);
                HeapInbox.Send(other);
                Volatile.Write(ref other->Taken, 0);
            }
        }

        var page = stripe->FirstListed(sizeClass);
        if (page != null)
        {
            stripe->Unlist(page);
        }

        return page;
    }

    // Under both leases.
    private static void Move(HeapStripe* from, HeapStripe* to, int sizeClass)
    {
        for (var moved = 0; moved < PagesAtOnce && from->FirstListed(sizeClass) != null; moved++)
        {
            var page = from->FirstListed(sizeClass);
            from->Unlist(page);
            page->Owner = (byte)to->Number;
            to->List(page);
        }
    }

    // Whether more than a fifth of what was taken from the system, and more than a few chunks, is not in use.
    private static bool IsMuchFree(ChunkPool pool, HeapStripe* stripe)
    {
        var used = 0L;
        for (var i = 0; i < stripe->Count; i++)
        {
            used += Volatile.Read(ref stripe->All[i].Used);
        }

        return pool.ReservedBytes > used + (used / AllowedShare) + (AllowedChunks * HeapChunk.Size);
    }
}
