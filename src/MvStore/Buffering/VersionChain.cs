using MvStore.Contracts;

namespace MvStore.Buffering;

/// <summary>
/// The versions of one key that are in memory: an array ascending by version, and the version from which on it is complete (DESIGN.md
/// 1, Chain). Appending above the newest happens in place; any other change makes a new chain. All writers hold the record's monitor.
/// Readers bisect by version, then step over entries published after their view: a get at any snapshot of n versions is O(log n).
/// </summary>
internal sealed class VersionChain
{
    /// <summary>Nothing in memory, and nothing known.</summary>
    public static readonly VersionChain Empty = new([], 0, ulong.MaxValue);

    // Slots below _count never change. Owner: whoever holds the record's monitor.
    private readonly VersionEntry[] _entries;

    // Owner: whoever holds the record's monitor. Release store after the slot; readers acquire.
    private int _count;

    private VersionChain(VersionEntry[] entries, int count, ulong completeFrom)
    {
        _entries = entries;
        _count = count;
        CompleteFrom = completeFrom;
    }

    /// <summary>Every entry of the key at or above this version is in the chain (I6).</summary>
    public ulong CompleteFrom { get; }

    /// <summary>The entries, ascending by version, as of this call.</summary>
    public ReadOnlySpan<VersionEntry> Entries => _entries.AsSpan(0, Volatile.Read(ref _count));

    /// <summary>The best entry a view can see.</summary>
    public BufferedRead Find(TierView view)
    {
        var entries = Entries;
        for (var i = IndexOfFirstAbove(entries, view.At.Value) - 1; i >= 0; i--)
        {
            var entry = entries[i];
            if (entry.Sequence <= view.Sequence)
            {
                return new BufferedRead(entry, entry.Version >= CompleteFrom);
            }
        }

        return default;
    }

    /// <summary>The chain with one more entry.</summary>
    /// <param name="entry">The entry. Its version is not in the chain.</param>
    /// <param name="isFresh">Whether its commit is fresh: the chain is then complete from it on.</param>
    /// <returns>This chain, when the entry could be appended in place; otherwise a new one.</returns>
    public VersionChain With(VersionEntry entry, bool isFresh)
    {
        var completeFrom = isFresh ? Math.Min(CompleteFrom, entry.Version) : CompleteFrom;
        var isNewest = _count == 0 || _entries[_count - 1].Version < entry.Version;
        if (isNewest && completeFrom == CompleteFrom && _count < _entries.Length)
        {
            _entries[_count] = entry;
            Volatile.Write(ref _count, _count + 1);
            return this;
        }

        var at = IndexOfFirstAbove(Entries, entry.Version);
        var capacity = _count < _entries.Length ? _entries.Length : Math.Max(1, _count * 2);
        var grown = new VersionEntry[capacity];
        Array.Copy(_entries, grown, at);
        grown[at] = entry;
        Array.Copy(_entries, at, grown, at + 1, _count - at);
        return new VersionChain(grown, _count + 1, completeFrom);
    }

    /// <summary>The chain without one entry, or this chain when the entry is not in it.</summary>
    public VersionChain Without(VersionEntry entry)
    {
        var at = Entries.IndexOf(entry);
        return at < 0 ? this : new VersionChain([.. Entries[..at], .. Entries[(at + 1)..]], _count - 1, CompleteFrom);
    }

    /// <summary>The chain without its oldest entries; it is complete above the last one removed.</summary>
    public VersionChain WithoutOldest(int removed)
    {
        var kept = Entries[removed..].ToArray();
        return new VersionChain(kept, kept.Length, Math.Max(CompleteFrom, _entries[removed - 1].Version + 1));
    }

    /// <summary>The chain with only some entries. What is left out is hidden by what stays (I8), so completeness does not change.</summary>
    public VersionChain WithOnly(List<VersionEntry> keptAscending) => new([.. keptAscending], keptAscending.Count, CompleteFrom);

    /// <summary>How many entries are at or below a version: the index of the first one above it.</summary>
    public static int IndexOfFirstAbove(ReadOnlySpan<VersionEntry> entries, ulong version)
    {
        // Most reads are at or above the newest version.
        if (entries.Length == 0 || entries[^1].Version <= version)
        {
            return entries.Length;
        }

        var low = 0;
        var high = entries.Length - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (entries[middle].Version > version)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
