using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// The hot tier (DESIGN.md 4): records in unmanaged memory, found by hash or in order, each with a chain of versions. Readers take no lock, write nothing
/// and allocate nothing; writers of one record exclude each other for a few memory accesses. What leaves memory, and in what order, is in
/// <see cref="BufferTrimmer"/>.
/// </summary>
internal sealed unsafe class VersionBuffer : ICommitTarget, IBufferReader, IDisposable
{
    // Entries linked in one epoch with one lease; looked up ahead together, so that their cache misses overlap.
    private const int Portion = 32;

    private readonly long _bytesWhenEmpty;

    // Owner: the trimmer, which makes it false for good before it takes out the first entry. Release store; readers acquire.
    private bool _isWhole;

    // Owner: who disposes; only ever becomes true, before the memory goes. Release store; everyone acquires inside an epoch, so that who sees false is
    // inside an epoch that the memory outlives (see NativeHeap.Dispose).
    private bool _isDisposed;

    /// <param name="classifier">Tells kinds of keys apart.</param>
    /// <param name="isWhole">Whether the persistent tier, if there is one, is empty.</param>
    /// <param name="heap">Where everything is to live; becomes the buffer's own. By default a new one.</param>
    public VersionBuffer(IKeyClassifier classifier, bool isWhole = true, NativeHeap? heap = null)
    {
        _isWhole = isWhole;
        Heap = heap ?? new NativeHeap();
        Accounting = new BufferAccounting(classifier);
        Table = new RecordTable(Heap);
        Tree = new RecordTree(Heap);
        _bytesWhenEmpty = Heap.LiveBytes;
    }

    /// <summary>Bytes that records, entries, chains and indexes take.</summary>
    public long Bytes => Math.Max(0, Heap.LiveBytes - _bytesWhenEmpty);

    /// <summary>The same, and what was taken out and is not free yet, because readers may still be at it.</summary>
    public long UsedBytes => Math.Max(0, Heap.UsedBytes - _bytesWhenEmpty);

    /// <summary>Where everything lives.</summary>
    public NativeHeap Heap { get; }

    /// <summary>Finds records by key.</summary>
    public RecordTable Table { get; }

    /// <summary>The records in order.</summary>
    public RecordTree Tree { get; }

    /// <summary>What is in memory.</summary>
    public BufferAccounting Accounting { get; }

    /// <inheritdoc/>
    public bool IsWhole => Volatile.Read(ref _isWhole);

    /// <summary>To be called before anything leaves memory that is then on disk only.</summary>
    public void BeginEvicting()
    {
        if (Volatile.Read(ref _isWhole))
        {
            Volatile.Write(ref _isWhole, false);
        }
    }

    /// <inheritdoc/>
    public void Link(PreparedCommit commit, bool fresh)
    {
        var rows = commit.KeepsRows ? new BufferedRow[commit.EntryCount] : null;
        for (var first = 0; first < commit.EntryCount; first += Portion)
        {
            LinkPortion(commit, first, Math.Min(Portion, commit.EntryCount - first), fresh, rows);
        }

        commit.Rows = rows;
    }

    /// <inheritdoc/>
    public void Unlink(PreparedCommit commit)
    {
        using var epoch = Enter();
        using var lease = Heap.Lease();
        for (var i = 0; i < commit.EntryCount; i++)
        {
            // In the tree a record is before it is in the table, where a removed one may still stand in its place.
            var record = Tree.Find(commit[i].Key);
            if (record != null && NativeRecord.TryLock(record))
            {
                Unlink(lease, record, commit);
                NativeRecord.Unlock(record);
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash) => Table.Prefetch(hash);

    /// <inheritdoc/>
    public BufferedRow Find(ReadOnlySpan<byte> key, ulong hash, TierView view)
    {
        var record = Table.Find(hash, key);
        return record == null ? default : NativeRecord.RowOf(record, VersionChain.Find(record, view));
    }

    /// <inheritdoc/>
    public void FindMany(ReadOnlySpan<ReadOnlyMemory<byte>> keys, TierView view, Span<BufferedRow> rows)
    {
        Span<ulong> hashes = stackalloc ulong[Portion];
        Span<nint> records = stackalloc nint[Portion];
        for (var first = 0; first < keys.Length; first += Portion)
        {
            var portion = keys.Slice(first, Math.Min(Portion, keys.Length - first));
            for (var i = 0; i < portion.Length; i++)
            {
                hashes[i] = KeyHash.Of(portion[i].Span);
                Table.Prefetch(hashes[i]);
            }

            for (var i = 0; i < portion.Length; i++)
            {
                records[i] = (nint)Table.Find(hashes[i], portion[i].Span);
                ChainPrefetch.Fetch((NativeRecord*)records[i]);
            }

            for (var i = 0; i < portion.Length; i++)
            {
                var record = (NativeRecord*)records[i];
                rows[first + i] = record == null ? default : NativeRecord.RowOf(record, VersionChain.Find(record, view));
            }
        }
    }

    /// <inheritdoc/>
    public int FindVersions(ReadOnlySpan<byte> key, TierView view, Span<BufferedRow> newestFirst)
    {
        var record = Table.Find(KeyHash.Of(key), key);
        return record == null ? 0 : VersionChain.FindVersions(record, view, newestFirst);
    }

    /// <inheritdoc/>
    public IBufferCursor Seek(KeyRange range, ScanDirection direction) => new BufferCursor(Tree.Seek(range, direction));

    /// <inheritdoc/>
    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, true);
        Heap.Dispose();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public EpochGuard Enter()
    {
        var epoch = EpochGuard.Enter();
        if (Volatile.Read(ref _isDisposed))
        {
            Refuse(epoch);
        }

        return epoch;
    }

    private void LinkPortion(PreparedCommit commit, int first, int count, bool fresh, BufferedRow[]? rows)
    {
        using var epoch = Enter();
        using var lease = Heap.Lease();
        Span<nint> ahead = stackalloc nint[Portion];
        for (var i = 0; i < count; i++)
        {
            Table.Prefetch(commit[first + i].Hash);
        }

        for (var i = 0; i < count; i++)
        {
            Table.PrefetchRecord(commit[first + i].Hash);
        }

        for (var i = 0; i < count; i++)
        {
            // A record, or for a key that has none, with the lowest bit set, a hint where it goes. Either may be out of date when it is used.
            ref readonly var entry = ref commit[first + i];
            var record = Table.Find(entry.Hash, entry.Key);
            ChainPrefetch.Fetch(record);
            ahead[i] = record == null ? Tree.Approach(entry.Key) | 1 : (nint)record;
        }

        var linked = new LinkedFigures(Accounting);
        try
        {
            for (var i = 0; i < count; i++)
            {
                var isRecord = (ahead[i] & 1) == 0;
                var row = LinkEntry(
                    lease,
                    commit[first + i],
                    commit,
                    fresh,
                    isRecord ? (NativeRecord*)ahead[i] : null,
                    isRecord ? 0 : ahead[i] & ~1,
                    ref linked);
                if (rows is not null)
                {
                    rows[first + i] = row;
                }
            }
        }
        finally
        {
            linked.Flush();
        }
    }

    [DoesNotReturn]
    private static void Refuse(EpochGuard epoch)
    {
        epoch.Dispose();
        throw new ObjectDisposedException(typeof(IMultiVersionStore).FullName);
    }

    private void Unlink(in HeapLease lease, NativeRecord* record, PreparedCommit commit)
    {
        try
        {
            var figures = new LinkedFigures(Accounting);
            using var edit = new ChainEdit(record);
            for (var i = 0; i < edit.Count; i++)
            {
                edit.Keep[i] = edit[i]->Version != commit.Version.Value || edit[i]->Sequence != commit.Sequence;
            }

            edit.Apply(lease, ref figures);
            figures.Flush();
        }
        catch (OutOfMemoryException)
        {
            // Most likely why the commit failed in the first place. It must end as a no-op all the same, or every later one would wait for it.
            VersionChain.HideFromAll(record, commit.Version.Value, commit.Sequence);
        }
    }

    private BufferedRow LinkEntry(
        in HeapLease lease,
        in PreparedEntry prepared,
        PreparedCommit commit,
        bool fresh,
        NativeRecord* record,
        nint approached,
        ref LinkedFigures figures)
    {
        while (true)
        {
            var isNew = false;
            if (record == null || NativeRecord.IsRemoved(record))
            {
                // Once the tree has it, others may link to it: what is newest then may be theirs.
                var candidate = NewRecord(lease, prepared, commit, fresh);
                var first = VersionChain.NewestListed(candidate);
                var bytes = BytesWith(candidate, first);
                record = AddToTree(lease, candidate, approached);
                if (record == candidate)
                {
                    figures.Add(NativeRecord.KindOf(record), 1, bytes);
                    Table.Add(lease, prepared.Hash, record);
                    return NativeRecord.RowOf(record, first);
                }

                FreeCandidate(lease, candidate);
                isNew = true;
            }

            if (!NativeRecord.TryLock(record))
            {
                // It left the index meanwhile; it is not found again.
                record = Table.Find(prepared.Hash, prepared.Key);
                continue;
            }

            var entry = LinkLocked(lease, record, prepared, commit, fresh, ref figures);
            if (isNew)
            {
                // Whoever put it into the tree may not have come to the table yet. It cannot leave: it holds an entry that is not published.
                Table.Add(lease, prepared.Hash, record);
            }

            return NativeRecord.RowOf(record, entry);
        }
    }

    private static NativeEntry* LinkLocked(
        in HeapLease lease,
        NativeRecord* record,
        in PreparedEntry prepared,
        PreparedCommit commit,
        bool fresh,
        ref LinkedFigures figures)
    {
        try
        {
            var isFinal = fresh || VersionChain.IsCompleteAt(record, commit.Version.Value);
            var entry = NewEntry(lease, prepared, commit, isFinal);
            var grown = LinkOrFree(lease, record, entry);
            figures.Add(NativeRecord.KindOf(record), 1, grown + BytesOf(entry));
            return entry;
        }
        finally
        {
            NativeRecord.Unlock(record);
        }
    }

    private static long LinkOrFree(in HeapLease lease, NativeRecord* record, NativeEntry* entry)
    {
        try
        {
            return VersionChain.Link(lease, record, entry);
        }
        catch
        {
            lease.Free(entry, NativeEntry.SizeOf(entry->ValueLength));
            throw;
        }
    }

    private NativeRecord* NewRecord(in HeapLease lease, in PreparedEntry prepared, PreparedCommit commit, bool fresh)
    {
        var kind = Accounting.NumberOf(prepared.Key);
        var isInline = prepared.Value.Length <= NativeRecord.MaxInlineValue;
        var size = NativeRecord.SizeOf(prepared.Key.Length, isInline ? prepared.Value.Length : null);
        var record = (NativeRecord*)lease.Allocate(size);
        NativeRecord.Initialize(record, prepared.Key, kind, isInline);
        NativeEntry* entry;
        if (isInline)
        {
            entry = NativeRecord.InlineEntryOf(record);
            NativeEntry.Write(entry, commit.Version.Value, commit.Sequence, prepared.IsTombstone, fresh, prepared.Value);
        }
        else
        {
            try
            {
                entry = NewEntry(lease, prepared, commit, fresh);
            }
            catch
            {
                lease.Free(record, size);
                throw;
            }
        }

        VersionChain.Begin(record, entry);
        return record;
    }

    private NativeRecord* AddToTree(in HeapLease lease, NativeRecord* candidate, nint approached)
    {
        try
        {
            return Tree.FindOrAdd(lease, candidate, approached);
        }
        catch
        {
            FreeCandidate(lease, candidate);
            throw;
        }
    }

    private static void FreeCandidate(in HeapLease lease, NativeRecord* candidate)
    {
        var entry = VersionChain.NewestListed(candidate);
        if (entry != NativeRecord.InlineEntryOf(candidate))
        {
            lease.Free(entry, NativeEntry.SizeOf(entry->ValueLength));
        }

        lease.Free(candidate, NativeRecord.SizeOf(candidate));
    }

    private static NativeEntry* NewEntry(in HeapLease lease, in PreparedEntry prepared, PreparedCommit commit, bool isFinal)
    {
        var entry = (NativeEntry*)lease.Allocate(NativeEntry.SizeOf(prepared.Value.Length));
        NativeEntry.Write(entry, commit.Version.Value, commit.Sequence, prepared.IsTombstone, isFinal, prepared.Value);
        return entry;
    }

    private static long BytesOf(NativeEntry* entry) => (long)NativeHeap.BlockSize(NativeEntry.SizeOf(entry->ValueLength));

    private static long BytesWith(NativeRecord* record, NativeEntry* first)
    {
        var bytes = (long)NativeHeap.BlockSize(NativeRecord.SizeOf(record));
        return NativeRecord.InlineEntryOf(record) != null ? bytes : bytes + BytesOf(first);
    }
}
