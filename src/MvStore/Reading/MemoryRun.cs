using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>Copies runs of keys out of memory. No epoch is held for longer than some hundred keys.</summary>
internal static class MemoryRun
{
    /// <summary>Keys read at a time.</summary>
    public const int BatchKeys = 64;

    private const int KeysPerEpoch = 512;

    /// <summary>The first keys of a range that are in memory, each with its best visible entry if it has one.</summary>
    /// <param name="buffer">The memory.</param>
    /// <param name="range">The keys.</param>
    /// <param name="view">What can be seen.</param>
    /// <param name="direction">The order.</param>
    /// <param name="most">The most keys.</param>
    /// <returns>The keys; fewer than asked for means that the range has no more.</returns>
    public static List<GatheredKey> Gather(IBufferReader buffer, KeyRange range, TierView view, ScanDirection direction, int most)
    {
        var gathered = new List<GatheredKey>();
        var cursor = buffer.Seek(range, direction);
        while (gathered.Count < most)
        {
            var before = gathered.Count;
            GatherInOneEpoch(buffer, cursor, view, Math.Min(most - before, KeysPerEpoch), gathered);
            if (gathered.Count - before < KeysPerEpoch)
            {
                break;
            }
        }

        return gathered;
    }

    /// <summary>Appends the visible entries of a key that are in memory, newest first.</summary>
    /// <returns>Whether there were no more.</returns>
    public static bool GatherVersions(IBufferReader buffer, ReadOnlySpan<byte> key, TierView view, int most, List<TierRow> into)
    {
        Span<BufferedRow> rows = stackalloc BufferedRow[BatchKeys];
        while (true)
        {
            // One more than asked for tells whether there is one.
            var asked = Math.Min(rows.Length, most + 1);
            using var epoch = buffer.Enter();
            var count = buffer.FindVersions(key, view, rows[..asked]);
            foreach (var row in rows[..Math.Min(count, most)])
            {
                into.Add(row.ToRow());
            }

            if (count < asked)
            {
                return true;
            }

            if (count > most)
            {
                return false;
            }

            most -= count;
            view = view with { At = rows[count - 1].Version.Value - 1 };
        }
    }

    private static void GatherInOneEpoch(IBufferReader buffer, IBufferCursor cursor, TierView view, int most, List<GatheredKey> into)
    {
        Span<BufferedRow> rows = stackalloc BufferedRow[BatchKeys];
        using var epoch = buffer.Enter();
        while (most > 0 && cursor.Read(view, rows[..Math.Min(most, rows.Length)]) is var count && count > 0)
        {
            foreach (var row in rows[..count])
            {
                into.Add(row.HasEntry ? new GatheredKey(row.ToRow()) : new GatheredKey(row.Key.ToArray()));
            }

            most -= count;
        }

        cursor.Suspend();
    }
}
