using System.Buffers;

namespace MvStore.Contracts;

/// <summary>
/// A commit that passed validation: of several deltas of a key only the last (contract A4). It travels through every stage of the write path. Its entries
/// are views of the caller's batch and are there only until it is linked: what is published lives in the buffer.
/// </summary>
/// <param name="version">The caller's version.</param>
/// <param name="entries">What it does, one item per key: entries first, behind them what is dropped. Rented from the shared pool, or empty.</param>
/// <param name="entryCount">How many of them are entries.</param>
/// <param name="dropCount">How many are dropped.</param>
internal class PreparedCommit(CommitVersion version, PreparedEntry[] entries, int entryCount, int dropCount)
{
    /// <summary>The kinds of a commit in a store where every floor is the same, or of one that touches no key.</summary>
    public static readonly EntryKind[] UniformKinds = [EntryKind.Multi];

    // About: the object, its place in the queue, and its list of rows.
    private const int BytesPerCommit = 256;

    private const int BytesPerDelta = 128;
    private const int BytesPerRow = 24;

    // Owner: the committer, until it has linked the commit.
    private PreparedEntry[] _entries = entries;

    // Owner: the committer; from its publication on the sequencer's critical section.
    private IReadOnlyList<Delta> _deltas = [];

    /// <summary>The caller's version.</summary>
    public CommitVersion Version { get; } = version;

    /// <summary>How many entries are written: none for a drop.</summary>
    public int EntryCount { get; } = entryCount;

    /// <summary>How many keys it touches: entries and drops.</summary>
    public int DeltaCount => EntryCount + dropCount;

    /// <summary>The entries, and behind them what is dropped. Until <see cref="Release"/>.</summary>
    public ReadOnlySpan<PreparedEntry> Items => _entries.AsSpan(0, EntryCount + dropCount);

    /// <summary>Bytes of keys and values that are written, and of keys that are dropped.</summary>
    public required long Bytes { get; init; }

    /// <summary>Entries and drops: what it is in a slice of the persistent tier.</summary>
    public int RowCount => EntryCount + dropCount;

    /// <summary>
    /// What it needs in memory, in bytes, about and seldom more: key and value with what size classes waste, and for each entry its header, its part of
    /// both indexes and of a chain, and its place in the flush queue.
    /// </summary>
    public long Footprint => FootprintOf(Bytes, DeltaCount);

    /// <summary>Managed bytes it takes, about, from its publication until it is durable.</summary>
    public long HeldBytes => BytesPerCommit + ((long)EntryCount * BytesPerRow) + ((long)Drops.Length * BytesPerDelta);

    /// <summary>The floors that its drops ask for; copies, one per key, in no particular order.</summary>
    public KeyFloor[] Drops { get; init; } = [];

    /// <summary>The kinds of keys it touches; never empty.</summary>
    public EntryKind[] Kinds { get; init; } = UniformKinds;

    /// <summary>Copies of what was asked, in key order, for listeners; empty when there are none, and once they were told.</summary>
    public IReadOnlyList<Delta> Deltas
    {
        get => _deltas;
        init => _deltas = value;
    }

    /// <summary>Whether the buffer is to say where it put the entries, because somebody will flush them.</summary>
    public bool KeepsRows { get; init; }

    /// <summary>
    /// Where the buffer put each entry, if <see cref="KeepsRows"/>: they stay readable until they are durable, because until then nothing removes them.
    /// Owner: the committer, while linking; published to others by the sequencer's critical section.
    /// </summary>
    public BufferedRow[]? Rows { get; set; }

    /// <summary>The place in the order of publications. Owner: the committer, at begin; published to others by the sequencer's critical section.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>An entry, in no particular order. Until <see cref="Release"/>.</summary>
    public ref readonly PreparedEntry this[int index] => ref _entries[index];

    /// <summary>What a commit needs in memory, in bytes, about.</summary>
    /// <param name="bytes">Its bytes of keys and values.</param>
    /// <param name="deltas">How many keys it touches.</param>
    public static long FootprintOf(long bytes, long deltas) => BytesPerCommit + bytes + (bytes / 8) + (deltas * BytesPerDelta);

    /// <summary>Gives the commit its place in the order of publications, once.</summary>
    public void Stamp(ulong sequence) => Sequence = sequence;

    /// <summary>Copies what still lies in the caller's batch: to be done before the caller gets control back with the commit not linked yet.</summary>
    public void Detach()
    {
        var all = _entries.AsSpan(0, EntryCount + dropCount);
        long length = 0;
        foreach (ref readonly var entry in all)
        {
            length += entry.Length;
        }

        // A batch may hold more than one array can: then each entry gets its own.
        var shared = length <= Array.MaxLength ? GC.AllocateUninitializedArray<byte>((int)length) : null;
        var next = 0;
        foreach (ref var entry in all)
        {
            entry = shared is null ? entry.CopyTo(GC.AllocateUninitializedArray<byte>(entry.Length), 0) : entry.CopyTo(shared, next);
            next = shared is null ? 0 : next + entry.Length;
        }
    }

    /// <summary>Lets go of the entries and of the batch they lie in. By the committer, once nobody can ask for them any more.</summary>
    public void Release()
    {
        if (_entries.Length == 0)
        {
            return;
        }

        // The pool outlives the batch, so it must not keep what the entries refer to.
        _entries.AsSpan(0, EntryCount + dropCount).Clear();
        ArrayPool<PreparedEntry>.Shared.Return(_entries);
        _entries = [];
    }

    /// <summary>Lets go of the copies: whoever was to be told has them. Else a commit that waits to be flushed would keep them, beside what the buffer has. By the sequencer, in its critical section.</summary>
    public void ForgetDeltas() => _deltas = [];
}
