namespace MvStore.Contracts;

/// <summary>A commit that passed validation: one delta per key, in key order. It travels through every stage of the write path.</summary>
internal sealed class PreparedCommit(CommitVersion version, IReadOnlyList<Delta> deltas, Delta[] entries, IReadOnlyList<EntryKind> kinds)
{
    public CommitVersion Version { get; } = version;
    public IReadOnlyList<Delta> Deltas { get; } = deltas;
    public Delta[] Entries { get; } = entries;
    public int EntryCount => Entries.Length;
    public bool KeepsRows => true;
    public BufferedRow[]? Rows { get; set; }
    public PreparedEntry this[int i] => new(Entries[i].Key.Span, Entries[i].Kind == DeltaKind.Set ? Entries[i].Value.Span : default, Entries[i].Kind != DeltaKind.Set, KeyHash.Of(Entries[i].Key.Span));
    public IReadOnlyList<EntryKind> Kinds { get; } = kinds;
    public long Bytes { get; } = entries.Sum(e => (long)e.Key.Length + (e.Kind == DeltaKind.Set ? e.Value.Length : 0));
    public ulong Sequence { get; private set; }
    public void Stamp(ulong sequence)
    {
        Sequence = sequence;
    }
}
