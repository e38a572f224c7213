using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// Takes versions out of memory: durable ones to meet a budget (DESIGN.md 3, Eviction), and those that nobody needs any more (Reclamation).
/// A few records at a time, in one epoch and under one lock; committers meet it only at the lock of the record it is at, readers never.
/// </summary>
internal sealed unsafe class BufferTrimmer(VersionBuffer buffer) : IEvictable, IReclaimable
{
    // Steps between two looks at what is free by now.
    private const int StepsBetweenCollections = 1_024;

    // Rounds that spare warm keys: the first mostly does it, the next make up for what the samples were off.
    private const int ColdRounds = 3;

    // So much more than has to go counts as cold, because the indexes do not shrink with each key.
    private const double Margin = 1.0 / 16;

    // How many records ahead of the one that is looked at the blocks of chains are fetched, and what these lead to.
    private const int BlocksFetchedAhead = 12;
    private const int EntriesFetchedAhead = 4;

    // More than this part of what is in memory that waits for readers to leave is worth a look.
    private const int ManyRetired = 16;

    // One step at a time: who took a record out of a chain takes it out of the index before anybody else looks at it.
    private readonly object _steps = new();

    // One eviction at a time. Never held by a committer or a reader.
    private readonly object _evictions = new();

    // The last key eviction looked at, so that the next step begins behind it. Owner: whoever holds _evictions.
    private byte[]? _hand;

    // Records that are removed and out of the table, but found no memory for a leaf without them: most likely still in the tree. Owner: whoever holds _steps.
    private readonly List<nint> _leaving = [];

    // The marks at which nothing more could go. Owner: whoever holds _evictions.
    private (ulong Durable, CommitVersion Visible)? _exhausted;

    /// <summary>Something that is done with a record under its lock.</summary>
    private delegate void RecordAction(in HeapLease lease, NativeRecord* record, ref LinkedFigures figures);

    /// <inheritdoc/>
    public long AccountedBytes => buffer.Bytes;

    /// <inheritdoc/>
    public long UsedBytes => buffer.UsedBytes;

    /// <inheritdoc/>
    public long Evict(long targetBytes, ulong durable, CommitVersion visible, CancellationToken cancellationToken = default)
    {
        lock (_evictions)
        {
            var before = AccountedBytes;
            if (before <= targetBytes || durable == 0 || _exhausted == (durable, visible))
            {
                // What was taken out earlier may be what is in the way, and the readers that kept it may have left.
                if (UsedBytes - before > before / ManyRetired)
                {
                    buffer.Heap.Collect();
                }

                return 0;
            }

            RemoveLeaving();
            for (var round = 0; round <= ColdRounds; round++)
            {
                var isCold = round < ColdRounds;
                var eviction = new Eviction(targetBytes, durable, visible.Value, isCold ? ColdUpTo(targetBytes) : ulong.MaxValue);
                var start = _hand;
                if (Sweep(start is null ? KeyRange.All : KeyRange.From(start, inclusive: false), eviction, cancellationToken)
                    && (start is null || Sweep(KeyRange.Until(start, inclusive: true), eviction, cancellationToken))
                    && !isCold)
                {
                    _exhausted = (durable, visible);
                }
            }

            buffer.Heap.Collect();
            return Math.Max(0, before - AccountedBytes);
        }
    }

    /// <inheritdoc/>
    public BufferReclaimed Reclaim(RetentionRule rule, CancellationToken cancellationToken)
    {
        RemoveLeaving();
        var sweep = new ReclaimSweep(buffer, rule);
        var cursor = buffer.Tree.Seek(KeyRange.All, ScanDirection.Forward);
        RecordAction action = sweep.Reclaim;
        var isComplete = true;
        while (ForNextRecords(cursor, null, action, ref isComplete))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        buffer.Heap.Collect();
        return new BufferReclaimed(sweep.ScannedVersions, sweep.ReclaimedVersions, sweep.ReclaimedBytes, isComplete);
    }

    /// <summary>The publication up to which a key counts as cold: about so many keys are, by a sample, as have to go.</summary>
    private ulong ColdUpTo(long targetBytes)
    {
        using var epoch = buffer.Enter();
        return ColdKeys.UpTo(buffer.Table, Margin + 1 - ((double)targetBytes / Math.Max(1, AccountedBytes)));
    }

    /// <returns>Whether it came to the end of the range.</returns>
    private bool Sweep(KeyRange range, Eviction eviction, CancellationToken cancellationToken)
    {
        var cursor = buffer.Tree.Seek(range, ScanDirection.Forward);
        var isComplete = true;
        for (var step = 1; AccountedBytes > eviction.TargetBytes && !cancellationToken.IsCancellationRequested; step++)
        {
            var more = ForNextRecords(
                cursor,
                last => _hand = last.ToArray(),
                (in HeapLease lease, NativeRecord* record, ref LinkedFigures figures) => Evict(lease, record, eviction, ref figures),
                ref isComplete);
            if (!more)
            {
                return true;
            }

            if (step % StepsBetweenCollections == 0)
            {
                buffer.Heap.Collect();
            }
        }

        return false;
    }

    // From the oldest on, as far as I5 allows. What is above an entry that has to stay may be read beside it, and stays too.
    private void Evict(in HeapLease lease, NativeRecord* record, Eviction eviction, ref LinkedFigures figures)
    {
        using var edit = new ChainEdit(record);
        var kept = edit.Count > 0 && edit[0]->Sequence > eviction.ColdUpTo ? 1 : 0;
        var evicts = false;
        for (var i = edit.Count - 1; i >= kept && MayLeave(edit[i], eviction); i--)
        {
            edit.Keep[i] = false;
            evicts = true;
        }

        if (evicts)
        {
            buffer.BeginEvicting();
            edit.Apply(lease, ref figures);
        }
    }

    // I5. What is hidden from all is nowhere to any view.
    private static bool MayLeave(NativeEntry* entry, Eviction eviction)
        => entry->IsHidden || (entry->Sequence <= eviction.Durable && entry->Version <= eviction.Visible);

    /// <summary>Does something with the next records, each under its lock, and takes those that are empty then out of the index.</summary>
    /// <param name="cursor">Where the records come from.</param>
    /// <param name="onLast">Is told the key of the last of them.</param>
    /// <param name="action">What to do.</param>
    /// <param name="isComplete">Becomes false if there was no memory to do it with one of them.</param>
    /// <returns>False when there was none.</returns>
    private bool ForNextRecords(RecordCursor cursor, Action<ReadOnlySpan<byte>>? onLast, RecordAction action, ref bool isComplete)
    {
        lock (_steps)
        {
            return ForNextRecordsAlone(cursor, onLast, action, ref isComplete);
        }
    }

    private bool ForNextRecordsAlone(RecordCursor cursor, Action<ReadOnlySpan<byte>>? onLast, RecordAction action, ref bool isComplete)
    {
        using var epoch = buffer.Enter();
        using var lease = buffer.Heap.Lease();
        Span<nint> records = stackalloc nint[RecordCursor.MostRecords];
        var count = cursor.Read(records);
        var figures = new LinkedFigures(buffer.Accounting);
        var empty = 0;
        try
        {
            for (var i = 0; i < count; i++)
            {
                FetchAhead(records[..count], i);
                var record = (NativeRecord*)records[i];
                if (IsEmptyAfter(lease, record, action, ref figures, ref isComplete))
                {
                    records[empty++] = (nint)record;
                }
            }

            if (count > 0)
            {
                onLast?.Invoke(NativeRecord.KeyOf((NativeRecord*)records[count - 1]));
            }
        }
        finally
        {
            RemoveFromIndex(lease, records[..empty], ref figures);
            figures.Flush();
            cursor.Suspend();
        }

        return count > 0;
    }

    // The records themselves were fetched with their leaf. A chain that changes meanwhile costs a fetch in vain: what it led to is kept by the epoch.
    private static void FetchAhead(ReadOnlySpan<nint> records, int at)
    {
        for (var i = at == 0 ? 0 : at + BlocksFetchedAhead; i <= at + BlocksFetchedAhead && i < records.Length; i++)
        {
            ChainPrefetch.FetchFirst((NativeRecord*)records[i]);
        }

        for (var i = at == 0 ? 0 : at + EntriesFetchedAhead; i <= at + EntriesFetchedAhead && i < records.Length; i++)
        {
            ChainPrefetch.FetchAllFromBlock((NativeRecord*)records[i]);
        }
    }

    /// <summary>Does something with a record under its lock.</summary>
    /// <returns>Whether it is to leave the index: it is empty, and marked as removed so that nobody links to it any more.</returns>
    private static bool IsEmptyAfter(in HeapLease lease, NativeRecord* record, RecordAction action, ref LinkedFigures figures, ref bool isComplete)
    {
        if (!NativeRecord.TryLock(record))
        {
            // Only this class removes records: it is one of those that are leaving.
            return false;
        }

        try
        {
            action(lease, record, ref figures);
            if (NativeRecord.ChainOf(record) != 0)
            {
                return false;
            }

            NativeRecord.MarkRemoved(record);
            return true;
        }
        catch (OutOfMemoryException)
        {
            // The chain is as it was, and stays. What the other records give back is what the next run needs for this one; to fail would end the store.
            isComplete = false;
            return false;
        }
        finally
        {
            NativeRecord.Unlock(record);
        }
    }

    /// <summary>Takes out records that were marked as removed: nobody links to them any more, and whoever meets one makes another in its place.</summary>
    private void RemoveFromIndex(in HeapLease lease, scoped ReadOnlySpan<nint> removed, ref LinkedFigures figures)
    {
        foreach (var each in removed)
        {
            var record = (NativeRecord*)each;
            buffer.Table.Remove(lease, KeyHash.Of(NativeRecord.KeyOf(record)), record);
        }

        try
        {
            buffer.Tree.Remove(lease, removed);
        }
        catch (OutOfMemoryException)
        {
            // The first of them may be out. Whichever are not may be met, or replaced by a committer, so all stay allocated until it is certain.
            _leaving.AddRange(removed);
            return;
        }

        foreach (var each in removed)
        {
            Retire(lease, (NativeRecord*)each, ref figures);
        }
    }

    /// <summary>Takes out of the tree what found no memory for it before, as far as there is memory now.</summary>
    private void RemoveLeaving()
    {
        lock (_steps)
        {
            if (_leaving.Count > 0)
            {
                RemoveLeavingAlone();
            }
        }
    }

    private void RemoveLeavingAlone()
    {
        using var epoch = buffer.Enter();
        using var lease = buffer.Heap.Lease();
        var figures = new LinkedFigures(buffer.Accounting);
        try
        {
            for (var last = _leaving.Count - 1; last >= 0; last--)
            {
                var record = (NativeRecord*)_leaving[last];
                buffer.Tree.Remove(lease, record);
                _leaving.RemoveAt(last);
                Retire(lease, record, ref figures);
            }
        }
        catch (OutOfMemoryException)
        {
            // They wait for the next run.
        }
        finally
        {
            figures.Flush();
        }
    }

    private static void Retire(in HeapLease lease, NativeRecord* record, ref LinkedFigures figures)
    {
        var size = NativeRecord.SizeOf(record);
        figures.Add(NativeRecord.KindOf(record), 0, -(long)NativeHeap.BlockSize(size));
        lease.Retire(record, size);
    }

    private readonly record struct Eviction(long TargetBytes, ulong Durable, ulong Visible, ulong ColdUpTo);
}
