using System.Numerics;
using MvStore.Contracts;

namespace MvStore.Caching;

/// <summary>
/// Keeps rows that the persistent tier answered with, for a key at most one: the newest entry that the tier has of it. Any view that can see that entry, and found nothing newer in memory,
/// has its answer (I34). A set-associative table: a look meets one line of tags and, as a rule, one row; readers write nothing but a mark of use, once. A row is let in when it is asked for the second time within
/// a while (a table of tags remembers the first), so that a pass over many keys does not empty the cache. What goes is what was not used since the
/// hand came by last (CLOCK, Corbato 1968). Rows of a slice go when the flusher follows it.
/// </summary>
internal sealed class RowCache : IRowCache, ISliceFollower, IReadMemory
{
    private const int Ways = 8;
    private const int Stripes = 64;
    private const int TypicalRow = 256;
    private const int SeenPerRow = 1;
    private const int PartForOneRow = 64;
    private const int MostSetsSwept = 64;
    private const int BytesPerWay = sizeof(uint) + sizeof(ulong) + (SeenPerRow * sizeof(uint)) + (sizeof(int) / Ways);

    private readonly long _maxBytes;
    private readonly int _mask;

    // Guards, each, the sets whose number ends in its own.
    private readonly Lock[] _locks = new Lock[Stripes];

    // Made when the first row is to be kept; readers acquire. Null: nothing was kept yet.
    private Table? _table;

    // Owner: flusher. Release store, before the stamps of the slice's keys; readers acquire, after a stamp. What the tier has of which the flusher has told.
    private ulong _sequence;
    private ulong _version;

    // Counts the slices that were followed before there was a table. Owner: flusher; release store, readers acquire.
    private int _early;

    // Interlocked by everyone who holds a lock of a set.
    private long _bytes;

    // Interlocked by everyone who makes room.
    private int _hand;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="recovered">What the tier had when it was opened.</param>
    /// <param name="maxBytes">What it may take, its tables included. For less than a few rows it keeps none.</param>
    public RowCache(TierState recovered, long maxBytes)
    {
        _sequence = recovered.DurableSequence;
        _version = recovered.HighestVersion.Value;
        var sets = BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(maxBytes / (TypicalRow * Ways), 1, 1 << 24));
        _mask = (int)sets - 1;
        _maxBytes = maxBytes - (sets * Ways * BytesPerWay);
        for (var i = 0; i < Stripes; i++)
        {
            _locks[i] = new Lock();
        }
    }

    /// <inheritdoc/>
    public long HeldBytes => Volatile.Read(ref _table) is { } table ? Interlocked.Read(ref _bytes) + table.Bytes : 0;

    /// <inheritdoc/>
    public bool TryGet(ReadOnlySpan<byte> key, ulong hash, TierView view, out TierRow row)
    {
        if (Volatile.Read(ref _table) is { } table)
        {
            var tag = TagOf(hash);
            var first = SetOf(hash) * Ways;
            for (var way = first; way < first + Ways; way++)
            {
                if (table.Tags[way] == tag && Volatile.Read(ref table.Rows[way]) is { } found && found.IsOf(key, hash))
                {
                    if (!view.CanSee(found.Version, found.Sequence))
                    {
                        break;
                    }

                    found.Use();
                    row = found.ToRow();
                    return true;
                }
            }
        }

        row = default;
        return false;
    }

    /// <inheritdoc/>
    public CacheTicket Begin(ulong hash, TierView view)
    {
        // The stamp first: whoever sees that a slice was followed then sees the marks that were set before.
        var stamp = Volatile.Read(ref _table) is { } table ? Volatile.Read(ref table.Stamps[SetOf(hash)]) : Volatile.Read(ref _early);
        return new CacheTicket(hash, stamp, view.Sequence >= Volatile.Read(ref _sequence) && view.At.Value >= Volatile.Read(ref _version));
    }

    /// <inheritdoc/>
    public void Keep(CacheTicket ticket, in TierRow row)
    {
        if (!ticket.IsCurrent || row.IsTombstone)
        {
            return;
        }

        var size = CachedRow.SizeOf((long)row.Key.Length + row.Value!.Value.Length);
        if (size > _maxBytes / PartForOneRow)
        {
            return;
        }

        var table = Volatile.Read(ref _table) ?? MakeTable();
        if (!WasSeenBefore(table, ticket.Hash) || !MakeRoom(table, size))
        {
            return;
        }

        var set = SetOf(ticket.Hash);
        lock (_locks[set % Stripes])
        {
            if (table.Stamps[set] == ticket.Stamp)
            {
                var way = WayFor(table, set, row.Key.Span, ticket.Hash);
                Replace(table, way, new CachedRow(ticket.Hash, row));
            }
        }
    }

    /// <inheritdoc/>
    public void Follow(TierBatch batch)
    {
        Volatile.Write(ref _version, Math.Max(_version, batch.HighestVersion.Value));
        Volatile.Write(ref _sequence, batch.Sequence);
        lock (_locks[0])
        {
            if (_table is null)
            {
                Volatile.Write(ref _early, _early + 1);
                return;
            }
        }

        var table = _table;
        for (var i = 0; i < batch.Rows.Count; i++)
        {
            Forget(table, batch.Rows[i].Key.Span);
        }
    }

    private static uint TagOf(ulong hash) => (uint)(hash >> 32) | 1;

    private int SetOf(ulong hash) => (int)hash & _mask;

    private Table MakeTable()
    {
        lock (_locks[0])
        {
            // Tickets from before carry the number of slices that were followed, so the stamps begin there.
            if (_table is null)
            {
                Volatile.Write(ref _table, new Table(_mask + 1, _early));
            }

            return _table;
        }
    }

    private void Forget(Table table, ReadOnlySpan<byte> key)
    {
        var hash = KeyHash.Of(key);
        var set = SetOf(hash);
        lock (_locks[set % Stripes])
        {
            Volatile.Write(ref table.Stamps[set], table.Stamps[set] + 1);
            for (var way = set * Ways; way < (set + 1) * Ways; way++)
            {
                if (table.Rows[way] is { } row && row.IsOf(key, hash))
                {
                    Replace(table, way, null);
                }
            }
        }
    }

    // A plain mixture of reads and writes: forgetting a first time costs one more miss.
    private static bool WasSeenBefore(Table table, ulong hash)
    {
        ref var seen = ref table.Seen[(int)(hash >> 8) & (table.Seen.Length - 1)];
        var tag = TagOf(hash);
        var wasSeen = seen == tag;
        seen = tag;
        return wasSeen;
    }

    private bool MakeRoom(Table table, long size)
    {
        for (var swept = 0; Interlocked.Read(ref _bytes) + size > _maxBytes; swept++)
        {
            if (swept == MostSetsSwept)
            {
                return false;
            }

            var set = Interlocked.Increment(ref _hand) & _mask;
            lock (_locks[set % Stripes])
            {
                for (var way = set * Ways; way < (set + 1) * Ways; way++)
                {
                    if (table.Rows[way] is { } row && !row.TakeUse())
                    {
                        Replace(table, way, null);
                    }
                }
            }
        }

        return true;
    }

    // Under the lock of the set: the place of the key itself, an empty one, or that of a row that was not used lately.
    private static int WayFor(Table table, int set, ReadOnlySpan<byte> key, ulong hash)
    {
        var empty = -1;
        var tag = TagOf(hash);
        for (var way = set * Ways; way < (set + 1) * Ways; way++)
        {
            // The tags are as they should be under the lock; without one a place is empty.
            var found = table.Tags[way];
            if (found == 0)
            {
                empty = way;
            }
            else if (found == tag && table.Rows[way]!.IsOf(key, hash))
            {
                return way;
            }
        }

        // From a place that the key chooses: always from the first one, that place alone would change hands.
        var first = (int)(hash >> 40) & 0xFF;
        for (var i = 0; empty < 0 && i < Ways; i++)
        {
            var way = (set * Ways) + ((first + i) % Ways);
            empty = table.Rows[way]!.TakeUse() ? -1 : way;
        }

        return empty < 0 ? (set * Ways) + (first % Ways) : empty;
    }

    // Under the lock of the set.
    private void Replace(Table table, int way, CachedRow? row)
    {
        Interlocked.Add(ref _bytes, (row?.Size ?? 0) - (table.Rows[way]?.Size ?? 0));
        Volatile.Write(ref table.Rows[way], row);
        table.Tags[way] = row is null ? 0 : TagOf(row.Hash);
    }

    /// <summary>The places. A tag says which places are worth a look; the row decides.</summary>
    private sealed class Table
    {
        // All but Seen: owner is who holds the lock of the set. Rows: release store; readers acquire. Tags: plain; a reader that sees an old one misses or
        // looks in vain. Stamps: release store, readers acquire. Seen: everyone, plain.
        public readonly CachedRow?[] Rows;
        public readonly uint[] Tags;
        public readonly int[] Stamps;
        public readonly uint[] Seen;

        public Table(int sets, int stamp)
        {
            Rows = new CachedRow?[sets * Ways];
            Tags = new uint[sets * Ways];
            Stamps = new int[sets];
            Seen = new uint[sets * Ways * SeenPerRow];
            Array.Fill(Stamps, stamp);
        }

        public long Bytes => (long)Rows.Length * BytesPerWay;
    }
}
