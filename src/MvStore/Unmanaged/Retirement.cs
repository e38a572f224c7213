using System.Runtime.Intrinsics.X86;

namespace MvStore.Unmanaged;

/// <summary>
/// Frees the retired blocks of a stripe when their time has come. A batch is stamped as a whole when it is closed, so one full fence serves all its
/// blocks; each closing frees more blocks than a batch holds, so that the backlog shrinks. To move the epoch on interrupts every processor that runs a thread of the process, so it is tried once for a
/// megabyte only.
/// </summary>
internal static unsafe class Retirement
{
    private const long MostBytesInBatch = 1 << 20;
    private const int FreedOnClosing = RetiredBatch.Capacity * 3 / 2;
    private const int Lookahead = 8;

    // What a stripe retires before it tries to move the epoch on: a few times as much waits to be freed.
    private const long BytesBetweenAdvances = 1 << 20;

    private static readonly int BatchClass = SizeClasses.Of(RetiredBatch.Size);

    /// <summary>
    /// Takes down that a block is to be freed. If there is no memory left even for the note, the block stays where it is, used, until the heap is
    /// disposed: its owner has unlinked it already, and could do nothing about an exception.
    /// </summary>
    public static void Add(NativeHeap heap, HeapStripe* stripe, byte* block, nuint size)
    {
        var batch = stripe->Open;
        if (batch == null)
        {
            batch = OpenBatch(heap, stripe);
            if (batch == null)
            {
                return;
            }
        }

        var bytes = (long)NativeHeap.BlockSize(size);
        RetiredBatch.BlocksOf(batch)[batch->Count++] = new RetiredBlock((nint)block, size);
        batch->Bytes += bytes;
        stripe->Retired += bytes;
        if (batch->Count == RetiredBatch.Capacity || batch->Bytes >= MostBytesInBatch)
        {
            stripe->RetiredSinceAdvance += batch->Bytes;
            Close(stripe);
            if (stripe->RetiredSinceAdvance >= BytesBetweenAdvances && Epochs.TryAdvance())
            {
                stripe->RetiredSinceAdvance = 0;
            }

            Drain(heap, stripe, FreedOnClosing);
        }
    }

    /// <summary>Stamps the blocks that have no stamp yet.</summary>
    public static void Close(HeapStripe* stripe)
    {
        var batch = stripe->Open;
        if (batch == null)
        {
            return;
        }

        // Between unlinking the blocks, also by earlier holders of the stripe, and reading the epoch: see Epochs.
        Interlocked.MemoryBarrier();
        batch->Stamp = Epochs.Current;
        stripe->Open = null;
        if (stripe->First == null)
        {
            stripe->First = batch;
        }
        else
        {
            stripe->Last->Next = batch;
        }

        stripe->Last = batch;
    }

    /// <summary>Frees blocks whose time has come.</summary>
    /// <param name="heap">The heap.</param>
    /// <param name="stripe">The stripe, leased.</param>
    /// <param name="most">How many at most.</param>
    public static void Drain(NativeHeap heap, HeapStripe* stripe, int most)
    {
        while (stripe->First != null && most > 0 && stripe->First->Stamp + 2 <= Epochs.Current)
        {
            var batch = stripe->First;
            var blocks = RetiredBatch.BlocksOf(batch);
            for (; batch->Freed < batch->Count && most > 0; most--)
            {
                Fetch(blocks, batch->Freed + Lookahead, batch->Count);
                var block = blocks[batch->Freed++];
                stripe->Retired -= (long)NativeHeap.BlockSize(block.Size);
                heap.FreeRetired(stripe, (byte*)block.Address, block.Size);
            }

            if (batch->Freed == batch->Count)
            {
                stripe->First = batch->Next;
                Keep(heap, stripe, batch);
            }
        }
    }

    /// <summary>Gives back the memory of the spare batch.</summary>
    public static void DropSpare(NativeHeap heap, HeapStripe* stripe)
    {
        if (stripe->Spare != null)
        {
            stripe->Return(heap.Pool, HeapPage.Of(stripe->Spare), (byte*)stripe->Spare);
            stripe->Spare = null;
        }
    }

    private static RetiredBatch* OpenBatch(NativeHeap heap, HeapStripe* stripe)
    {
        var batch = stripe->Spare;
        stripe->Spare = null;
        if (batch == null)
        {
            batch = (RetiredBatch*)stripe->TryTake(heap.Pool, BatchClass);
            if (batch == null)
            {
                return null;
            }
        }

        *batch = default;
        stripe->Open = batch;
        return batch;
    }

    private static void Keep(NativeHeap heap, HeapStripe* stripe, RetiredBatch* batch)
    {
        DropSpare(heap, stripe);
        stripe->Spare = batch;
    }

    // The blocks were written long ago by others: without this each would cost the wait for two lines from memory.
    private static void Fetch(RetiredBlock* blocks, int index, int count)
    {
        if (Sse.IsSupported && index < count && blocks[index].Size <= SizeClasses.Largest)
        {
            Sse.Prefetch0((void*)blocks[index].Address);
            Sse.Prefetch0(HeapPage.Of((void*)blocks[index].Address));
        }
    }
}
