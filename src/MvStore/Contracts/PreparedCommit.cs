namespace MvStore.Contracts;

/// <summary>A commit that passed validation: one delta per key, in key order. It travels through every stage of the write path.</summary>
internal sealed class PreparedCommit(
    CommitVersion version,
    IReadOnlyList<Delta> deltas,
    KeyedEntry[] entries,
    KeyFloor[] drops,
    IReadOnlyList<EntryKind> kinds)
{
    /// <summary>The caller's version.</summary>
    public CommitVersion Version { get; } = version;

    /// <summary>What was asked, for listeners.</summary>
    public IReadOnlyList<Delta> Deltas { get; } = deltas;

    /// <summary>What is written: no entry for a drop.</summary>
    public KeyedEntry[] Entries { get; } = entries;

    /// <summary>The floors that its drops ask for, ascending by key.</summary>
    public KeyFloor[] Drops { get; } = drops;

    /// <summary>The kinds of keys it touches; never empty.</summary>
    public IReadOnlyList<EntryKind> Kinds { get; } = kinds;

    /// <summary>Bytes of keys and values, the keys that are dropped included.</summary>
    public long Bytes { get; } = entries.Sum(e => (long)e.Key.Length + e.Entry.ValueLength) + drops.Sum(d => (long)d.Key.Length);

    /// <summary>The place in the order of publications. Owner: the committer, at begin; published to others by the sequencer's monitor.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Gives the commit and its entries their place in the order of publications, once.</summary>
    public void Stamp(ulong sequence)
    {
        Sequence = sequence;
        foreach (var (_, entry) in Entries)
        {
            entry.Stamp(sequence);
        }
    }
}
