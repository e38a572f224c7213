using System.Numerics;

namespace MvStore.Unmanaged;

/// <summary>
/// Blocks on their way home. One that is freed under another stripe than that of its page goes to the inbox of that stripe, in chains, as messages do in
/// snmalloc (Lietar and others, "Snmalloc: a message passing allocator", 2019); the owner sorts them when one of its pages has run dry.
/// </summary>
internal static unsafe class HeapInbox
{
    /// <summary>How many blocks are sorted at once at most.</summary>
    public const int MostSorted = 512;

    // Not much less than a page holds: else the inbox would grow while the pages that were sorted earlier are used up.
    private const int LeastSorted = 256;

    /// <summary>Puts a block with those that are to be sent to a stripe.</summary>
    public static void Post(HeapStripe* stripe, int owner, byte* block)
    {
        var bit = 1UL << owner;
        if ((stripe->Outgoing & bit) == 0)
        {
            stripe->Outgoing |= bit;
            stripe->OutgoingLast[owner] = (long)block;
        }
        else
        {
            *(long*)block = stripe->OutgoingFirst[owner];
        }

        stripe->OutgoingFirst[owner] = (long)block;
    }

    /// <summary>Sends what was posted.</summary>
    public static void Send(HeapStripe* stripe)
    {
        while (stripe->Outgoing != 0)
        {
            var target = BitOperations.TrailingZeroCount(stripe->Outgoing);
            stripe->Outgoing &= stripe->Outgoing - 1;
            var first = (nint)stripe->OutgoingFirst[target];
            var last = (nint*)stripe->OutgoingLast[target];
            ref var inbox = ref stripe->All[target].Inbox;
            nint seen;
            do
            {
                // Others push, and the owner takes the whole: that the block seen left and came back meanwhile does no harm.
                seen = Volatile.Read(ref inbox);
                *last = seen;
            }
            while (Interlocked.CompareExchange(ref inbox, first, seen) != seen);
        }
    }

    /// <summary>Sorts some of the blocks that were sent here, more while there is none of a class.</summary>
    public static void Sort(ChunkPool pool, HeapStripe* stripe, int sizeClass)
    {
        for (var sorted = 0; sorted < MostSorted && (sorted < LeastSorted || !stripe->HasFree(sizeClass)) && SortOne(pool, stripe); sorted++)
        {
        }
    }

    /// <summary>Sorts everything that was sent here.</summary>
    public static void SortAll(ChunkPool pool, HeapStripe* stripe)
    {
        while (SortOne(pool, stripe))
        {
        }
    }

    private static bool SortOne(ChunkPool pool, HeapStripe* stripe)
    {
        var block = stripe->Unsorted;
        if (block == null)
        {
            if (Volatile.Read(ref stripe->Inbox) == 0)
            {
                return false;
            }

            block = (byte*)Interlocked.Exchange(ref stripe->Inbox, 0);
        }

        stripe->Unsorted = *(byte**)block;

        // The page may have another owner by now: then it is sent on.
        stripe->Return(pool, HeapPage.Of(block), block);
        return true;
    }
}
