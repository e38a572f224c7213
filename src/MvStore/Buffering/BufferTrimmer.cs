using System.Buffers;
using MvStore.Contracts;

namespace MvStore.Buffering;

/// <summary>
/// Takes versions out of memory: durable ones to meet a budget (DESIGN.md 3, Eviction), and those that nobody needs any more (Reclamation).
/// One run at a time; committers meet it only at the monitor of the record it is at, readers never.
/// </summary>
internal sealed class BufferTrimmer(VersionBuffer buffer) : IEvictable, IReclaimable
{
    private readonly object _runs = new();

    // The last key eviction looked at, so that the next run begins behind it. Owner: whoever holds _runs.
    private byte[]? _hand;

    public long AccountedBytes => buffer.Accounting.Bytes;

    public long Evict(long targetBytes, ulong durable, CommitVersion visible)
    {
        lock (_runs)
        {
            var before = AccountedBytes;
            foreach (var keepNewest in (ReadOnlySpan<bool>)[true, false])
            {
                var start = _hand;
                Sweep(start is null ? KeyRange.All : KeyRange.From(start, inclusive: false), targetBytes, durable, visible, keepNewest);
                if (start is not null)
                {
                    Sweep(KeyRange.Until(start, inclusive: true), targetBytes, durable, visible, keepNewest);
                }
            }

            return Math.Max(0, before - AccountedBytes);
        }
    }

    public TierReclaimed Reclaim(RetentionRule rule, CancellationToken cancellationToken)
    {
        lock (_runs)
        {
            long scanned = 0, versions = 0, bytes = 0;
            var cursor = buffer.Index.Seek(KeyRange.All, ScanDirection.Forward);
            while (cursor.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReclaimFrom(cursor.Current, rule, ref scanned, ref versions, ref bytes);
            }

            return new TierReclaimed(null, scanned, versions, bytes);
        }
    }

    private void Sweep(KeyRange range, long targetBytes, ulong durable, CommitVersion visible, bool keepNewest)
    {
        var cursor = buffer.Index.Seek(range, ScanDirection.Forward);
        while (AccountedBytes > targetBytes && cursor.MoveNext())
        {
            EvictFrom(cursor.Current, durable, visible, keepNewest);
            _hand = cursor.Current.Key;
        }
    }

    private void EvictFrom(KeyRecord record, ulong durable, CommitVersion visible, bool keepNewest)
    {
        lock (record)
        {
            var entries = record.Chain.Entries;
            var limit = keepNewest ? entries.Length - 1 : entries.Length;
            var evictable = 0;
            long bytes = 0;
            while (evictable < limit && entries[evictable].Sequence <= durable && entries[evictable].Version <= visible.Value)
            {
                bytes += entries[evictable++].AccountedBytes;
            }

            if (evictable > 0)
            {
                record.Chain = record.Chain.WithoutOldest(evictable);
                buffer.Accounting.Add(record.Counter, -evictable, -bytes);
            }

            RemoveWhenEmpty(record);
        }
    }

    private void RemoveWhenEmpty(KeyRecord record)
    {
        if (record.Chain.Entries.IsEmpty && !record.IsRemoved)
        {
            record.IsRemoved = true;
            buffer.Index.Remove(record);
            buffer.Accounting.Add(record.Counter, 0, -record.AccountedBytes);
        }
    }

    private void ReclaimFrom(KeyRecord record, RetentionRule rule, ref long scanned, ref long versions, ref long bytes)
    {
        lock (record)
        {
            var entries = record.Chain.Entries;
            scanned += entries.Length;
            if (entries.Length < 2)
            {
                return;
            }

            var stamps = ArrayPool<VersionStamp>.Shared.Rent(entries.Length);
            var keep = ArrayPool<bool>.Shared.Rent(entries.Length);
            for (var i = 0; i < entries.Length; i++)
            {
                stamps[entries.Length - 1 - i] = new VersionStamp(entries[i].Version, entries[i].Sequence);
            }

            var removed = rule.Decide(record.Key, stamps.AsSpan(0, entries.Length), keep.AsSpan(0, entries.Length));
            if (removed > 0)
            {
                var kept = new List<VersionEntry>(entries.Length - removed);
                long freed = 0;
                for (var i = 0; i < entries.Length; i++)
                {
                    if (keep[entries.Length - 1 - i])
                    {
                        kept.Add(entries[i]);
                    }
                    else
                    {
                        freed += entries[i].AccountedBytes;
                        bytes += record.Key.Length + entries[i].ValueLength;
                    }
                }

                record.Chain = record.Chain.WithOnly(kept);
                buffer.Accounting.Add(record.Counter, -removed, -freed);
                versions += removed;
            }

            ArrayPool<VersionStamp>.Shared.Return(stamps);
            ArrayPool<bool>.Shared.Return(keep);
        }
    }
}
