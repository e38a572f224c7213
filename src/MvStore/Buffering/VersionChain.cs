using System.Runtime.CompilerServices;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// The versions of one record that are in memory. A short chain is a list of entries, newest first, so that the newest is one step away; from
/// <see cref="MaxListed"/> entries on it is a <see cref="VersionBlock"/>, so that a read at any of n versions costs O(log n) comparisons in one place instead of n steps
/// through memory. The chain word is 0; or the newest entry of a list, with how many it has in the two bits above the lowest, so that linking one more need
/// not visit them; or a block with the lowest bit set. Changes are made under the record's
/// lock; readers follow what they found, inside an epoch: what a change takes out is retired, and an entry that was taken out still leads
/// to older ones.
/// </summary>
internal static unsafe class VersionChain
{
    /// <summary>The most entries of a list.</summary>
    public const int MaxListed = 3;

    private const nint BlockTag = 1;
    private const int ListedShift = 1;
    private const nint ListedMask = 3 << ListedShift;
    private const int FirstCapacity = 7;

    /// <summary>The newest entry a view can see, or null. Inside an epoch; takes no lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NativeEntry* Find(NativeRecord* record, TierView view)
    {
        var chain = NativeRecord.ChainOf(record);
        if ((chain & BlockTag) != 0)
        {
            return FindInBlock(BlockOf(chain), view);
        }

        var entry = NewestOf(chain);
        while (entry != null && (entry->Version > view.At.Value || entry->Sequence > view.Sequence))
        {
            entry = OlderOf(entry);
        }

        return entry;
    }

    /// <summary>The newest entries a view can see, as many as fit, newest first. Inside an epoch; takes no lock.</summary>
    /// <returns>How many there were; fewer than fit means that there are no more.</returns>
    public static int FindVersions(NativeRecord* record, TierView view, Span<BufferedRow> newestFirst)
    {
        var found = 0;
        var chain = NativeRecord.ChainOf(record);
        if ((chain & BlockTag) != 0)
        {
            var block = BlockOf(chain);
            var below = VersionBlock.CountAtOrBelow(block, VersionBlock.CountOf(block), view.At.Value);
            while (found < newestFirst.Length && (below = VersionBlock.FindVisible(block, below, view.Sequence)) >= 0)
            {
                newestFirst[found++] = NativeRecord.RowOf(record, VersionBlock.EntryAt(block, below));
            }

            return found;
        }

        for (var entry = NewestOf(chain); entry != null && found < newestFirst.Length; entry = OlderOf(entry))
        {
            if (entry->Version <= view.At.Value && entry->Sequence <= view.Sequence)
            {
                newestFirst[found++] = NativeRecord.RowOf(record, entry);
            }
        }

        return found;
    }

    /// <summary>How many entries there are. Under the lock, or of one instant.</summary>
    public static int CountOf(NativeRecord* record)
    {
        var chain = NativeRecord.ChainOf(record);
        return (chain & BlockTag) != 0 ? VersionBlock.CountOf(BlockOf(chain)) : ListedOf(chain);
    }

    /// <summary>The entries, newest first. Under the lock.</summary>
    /// <param name="record">The record.</param>
    /// <param name="newestFirst">Receives them; of the length that <see cref="CountOf"/> said.</param>
    public static void CopyTo(NativeRecord* record, Span<nint> newestFirst)
    {
        var chain = NativeRecord.ChainOf(record);
        if ((chain & BlockTag) != 0)
        {
            for (var i = 0; i < newestFirst.Length; i++)
            {
                newestFirst[i] = (nint)VersionBlock.EntryAt(BlockOf(chain), newestFirst.Length - 1 - i);
            }

            return;
        }

        var entry = NewestOf(chain);
        for (var i = 0; i < newestFirst.Length; i++)
        {
            newestFirst[i] = (nint)entry;
            entry = OlderOf(entry);
        }
    }

    /// <summary>Whether an entry of some version would be final if it were linked late: whether the chain is complete where it goes. Under the lock.</summary>
    /// <remarks>If an entry is final, so is every newer one of its chain: a commit that was fresh when it began is above all that was published then.</remarks>
    public static bool IsCompleteAt(NativeRecord* record, ulong version)
    {
        var chain = NativeRecord.ChainOf(record);
        if ((chain & BlockTag) != 0)
        {
            var block = BlockOf(chain);
            var below = VersionBlock.CountAtOrBelow(block, VersionBlock.CountOf(block), version);
            return below > 0 && VersionBlock.EntryAt(block, below - 1)->IsFinal;
        }

        var entry = NewestOf(chain);
        while (entry != null && entry->Version > version)
        {
            entry = OlderOf(entry);
        }

        return entry != null && entry->IsFinal;
    }

    /// <summary>Gives a record its first entry, while nobody else can reach the record.</summary>
    public static void Begin(NativeRecord* record, NativeEntry* entry) => NativeRecord.SetChain(record, ListOf(entry, 1));

    /// <summary>The newest entry of a chain that is a list, or null. Inside an epoch, or while nobody else can reach the record.</summary>
    public static NativeEntry* NewestListed(NativeRecord* record) => NewestOf(NativeRecord.ChainOf(record));

    /// <summary>Links an entry at its place. Under the lock. Allocates before it changes anything.</summary>
    /// <returns>The bytes by which the chain itself grew, without the entry.</returns>
    public static long Link(in HeapLease lease, NativeRecord* record, NativeEntry* entry)
    {
        var chain = NativeRecord.ChainOf(record);
        return (chain & BlockTag) != 0 ? LinkToBlock(lease, record, BlockOf(chain), entry) : LinkToList(lease, record, chain, entry);
    }

    /// <summary>
    /// Leaves only some entries in the chain. Under the lock. Allocates before it changes anything. The entries that are left out are not
    /// retired: that is the caller's.
    /// </summary>
    /// <param name="lease">Where memory comes from.</param>
    /// <param name="record">The record.</param>
    /// <param name="keptNewestFirst">Entries of the chain, in its order.</param>
    /// <returns>The bytes by which the chain itself grew: negative when it shrank.</returns>
    public static long Keep(in HeapLease lease, NativeRecord* record, ReadOnlySpan<nint> keptNewestFirst)
    {
        var chain = NativeRecord.ChainOf(record);
        nint kept;
        long grown = 0;
        if (keptNewestFirst.Length > MaxListed)
        {
            var capacity = CapacityFor(keptNewestFirst.Length);
            var block = NewBlock(lease, capacity);
            for (var i = keptNewestFirst.Length - 1; i >= 0; i--)
            {
                VersionBlock.Append(block, (NativeEntry*)keptNewestFirst[i]);
            }

            kept = (nint)block | BlockTag;
            grown = Accounted(VersionBlock.SizeOf(capacity));
        }
        else
        {
            NativeEntry* older = null;
            for (var i = keptNewestFirst.Length - 1; i >= 0; i--)
            {
                var entry = (NativeEntry*)keptNewestFirst[i];
                Volatile.Write(ref entry->Older, (nint)older);
                older = entry;
            }

            kept = ListOf(older, keptNewestFirst.Length);
        }

        NativeRecord.SetChain(record, kept);
        return grown - Drop(lease, chain);
    }

    /// <summary>
    /// Makes an entry that is not published one that no view will ever see, in place and without memory. It stays until the chain is next trimmed, and counts for nothing:
    /// its version may be written again, and then stands in the chain twice. Under the lock.
    /// </summary>
    public static void HideFromAll(NativeRecord* record, ulong version, ulong sequence)
    {
        var chain = NativeRecord.ChainOf(record);
        if ((chain & BlockTag) != 0)
        {
            var block = BlockOf(chain);
            for (var i = VersionBlock.CountOf(block) - 1; i >= 0; i--)
            {
                HideFromAll(VersionBlock.EntryAt(block, i), version, sequence);
            }

            return;
        }

        for (var entry = NewestOf(chain); entry != null; entry = OlderOf(entry))
        {
            HideFromAll(entry, version, sequence);
        }
    }

    /// <summary>The bytes the chain itself takes, without its entries.</summary>
    public static long SizeOf(NativeRecord* record)
    {
        var chain = NativeRecord.ChainOf(record);
        return (chain & BlockTag) == 0 ? 0 : Accounted(VersionBlock.SizeOf(BlockOf(chain)));
    }

    /// <summary>Whether a chain word is that of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsBlock(nint chain) => (chain & BlockTag) != 0;

    /// <summary>The block of a chain word that is that of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static VersionBlock* BlockOf(nint chain) => (VersionBlock*)(chain & ~BlockTag);

    /// <summary>The newest entry, or null, of a chain word that is that of a list.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static NativeEntry* NewestOf(nint chain) => (NativeEntry*)(chain & ~ListedMask);

    private static void HideFromAll(NativeEntry* entry, ulong version, ulong sequence)
    {
        if (entry->Version == version && entry->Sequence == sequence)
        {
            Volatile.Write(ref entry->Sequence, NativeEntry.HiddenSequence);
        }
    }

    private static NativeEntry* FindInBlock(VersionBlock* block, TierView view)
    {
        VersionBlock.Prefetch(block);
        var below = VersionBlock.CountAtOrBelow(block, VersionBlock.CountOf(block), view.At.Value);
        var found = VersionBlock.FindVisible(block, below, view.Sequence);
        return found < 0 ? null : VersionBlock.EntryAt(block, found);
    }

    private static long LinkToList(in HeapLease lease, NativeRecord* record, nint chain, NativeEntry* entry)
    {
        var newest = NewestOf(chain);
        var listed = ListedOf(chain);
        if (listed == MaxListed)
        {
            return TurnIntoBlock(lease, record, newest, entry);
        }

        if (newest == null || newest->Version < entry->Version)
        {
            entry->Older = (nint)newest;
            NativeRecord.SetChain(record, ListOf(entry, listed + 1));
            return 0;
        }

        var newer = newest;
        while (OlderOf(newer) is var next && next != null && next->Version > entry->Version)
        {
            newer = next;
        }

        entry->Older = newer->Older;
        Volatile.Write(ref newer->Older, (nint)entry);
        NativeRecord.SetChain(record, ListOf(newest, listed + 1));
        return 0;
    }

    private static long TurnIntoBlock(in HeapLease lease, NativeRecord* record, NativeEntry* newest, NativeEntry* entry)
    {
        Span<nint> ascending = stackalloc nint[MaxListed + 1];
        var at = ascending.Length;
        var isPlaced = false;
        for (var listed = newest; listed != null; listed = OlderOf(listed))
        {
            if (!isPlaced && listed->Version < entry->Version)
            {
                ascending[--at] = (nint)entry;
                isPlaced = true;
            }

            ascending[--at] = (nint)listed;
        }

        if (!isPlaced)
        {
            ascending[--at] = (nint)entry;
        }

        var block = NewBlock(lease, FirstCapacity);
        foreach (var each in ascending[at..])
        {
            VersionBlock.Append(block, (NativeEntry*)each);
        }

        NativeRecord.SetChain(record, (nint)block | BlockTag);
        return Accounted(VersionBlock.SizeOf(FirstCapacity));
    }

    private static long LinkToBlock(in HeapLease lease, NativeRecord* record, VersionBlock* block, NativeEntry* entry)
    {
        var count = VersionBlock.CountOf(block);
        var isNewest = VersionBlock.VersionAt(block, count - 1) < entry->Version;
        if (isNewest && count < block->Capacity)
        {
            VersionBlock.Append(block, entry);
            return 0;
        }

        var capacity = count < block->Capacity ? block->Capacity : CapacityFor(count + 1);
        var grown = NewBlock(lease, capacity);
        var below = isNewest ? count : VersionBlock.CountAtOrBelow(block, count, entry->Version);
        VersionBlock.AppendFrom(grown, block, 0, below);
        VersionBlock.Append(grown, entry);
        VersionBlock.AppendFrom(grown, block, below, count - below);
        NativeRecord.SetChain(record, (nint)grown | BlockTag);
        return Accounted(VersionBlock.SizeOf(capacity)) - Drop(lease, (nint)block | BlockTag);
    }

    /// <summary>Half as much again, so that appending costs O(1) and little stays empty; 7 entries fill a block of 120 bytes.</summary>
    private static int CapacityFor(int count) => Math.Max(FirstCapacity, ((count + (count >> 1)) | 1));

    private static VersionBlock* NewBlock(in HeapLease lease, int capacity)
    {
        var block = (VersionBlock*)lease.Allocate(VersionBlock.SizeOf(capacity));
        VersionBlock.Initialize(block, capacity);
        return block;
    }

    private static long Drop(in HeapLease lease, nint chain)
    {
        if ((chain & BlockTag) == 0)
        {
            return 0;
        }

        var size = VersionBlock.SizeOf(BlockOf(chain));
        lease.Retire(BlockOf(chain), size);
        return Accounted(size);
    }

    private static long Accounted(nuint size) => (long)NativeHeap.BlockSize(size);

    private static int ListedOf(nint chain) => (int)(chain & ListedMask) >> ListedShift;

    private static nint ListOf(NativeEntry* newest, int count) => (nint)newest | (count << ListedShift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static NativeEntry* OlderOf(NativeEntry* entry) => (NativeEntry*)Volatile.Read(ref entry->Older);
}
