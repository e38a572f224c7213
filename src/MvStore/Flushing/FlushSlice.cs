using MvStore.Contracts;

namespace MvStore.Flushing;

/// <summary>Whole commits, consecutive in publication order, that go to the persistent tier together.</summary>
internal sealed class FlushSlice(ulong previousSequence, IReadOnlyList<PreparedCommit> commits)
{
    /// <summary>The commits. Never empty.</summary>
    public IReadOnlyList<PreparedCommit> Commits { get; } = commits;

    /// <summary>The sequence of the last one.</summary>
    public ulong LastSequence => Commits[^1].Sequence;

    /// <summary>The lowest version.</summary>
    public CommitVersion LowestVersion { get; } = commits.Min(c => c.Version);

    /// <summary>The highest version.</summary>
    public CommitVersion HighestVersion { get; } = commits.Max(c => c.Version);

    /// <summary>Rows and tombstones.</summary>
    public int Rows { get; } = commits.Sum(c => c.EntryCount);

    /// <summary>Bytes of keys and values.</summary>
    public long Bytes { get; } = commits.Sum(c => c.Bytes);

    /// <summary>How many of them are not written, because retention lets them go (I36). Owner: the flusher, before the first attempt.</summary>
    public int LeftOut { get; set; }

    /// <summary>Copies the rows out of the buffer, sorted by key, then by version.</summary>
    /// <returns>The rows. Dispose them once nobody reads them any more.</returns>
    public SliceRows CopyRows() => new(Commits, Rows);

    /// <summary>The slice in the shape of the persistent tier.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="prepared">The floors that rise with it; null for none.</param>
    public TierBatch ToBatch(SliceRows rows, PreparedFloors? prepared = null)
        => new(previousSequence, LastSequence, HighestVersion, rows)
        {
            Drops = DropsInOrder(),
            Floors = prepared?.Floors,
            Rule = prepared?.Rule,
            Settled = prepared?.Settled ?? [],
        };

    private KeyFloor[] DropsInOrder()
    {
        KeyFloor[] drops = [.. Commits.SelectMany(c => c.Drops)];
        Array.Sort(drops, static (x, y) =>
        {
            var order = x.Key.Span.SequenceCompareTo(y.Key.Span);
            return order != 0 ? order : x.Version.CompareTo(y.Version);
        });
        return drops;
    }
}
