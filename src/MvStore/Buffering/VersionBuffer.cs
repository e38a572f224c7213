using MvStore.Contracts;

namespace MvStore.Buffering;

/// <summary>
/// The hot tier: an ordered index of key records, each with a chain of versions. Readers take no lock; writers of one record exclude each
/// other by its monitor. What leaves memory, and in what order, is in <see cref="BufferTrimmer"/>.
/// </summary>
internal sealed class VersionBuffer(IKeyClassifier classifier) : ICommitTarget, IBufferReader
{
    /// <summary>Every key with something in memory.</summary>
    public OrderedIndex<KeyRecord> Index { get; } = new();

    /// <summary>What is in memory.</summary>
    public BufferAccounting Accounting { get; } = new();

    public void Link(PreparedCommit commit, bool fresh)
    {
        var rows = commit.KeepsRows ? new BufferedRow[commit.EntryCount] : null;
        for (var i = 0; i < commit.EntryCount; i++)
        {
            ref readonly var prepared = ref commit[i];
            var row = rows is null ? null : PinnedRow.Write(prepared, commit.Version, commit.Sequence, out rows[i]);
            var value = prepared.IsTombstone ? default(ReadOnlyMemory<byte>?) : prepared.Value.ToArray();
            var entry = new VersionEntry(commit.Version.Value, value, row);
            entry.Stamp(commit.Sequence);
            while (!TryLink(FindOrAdd(prepared.Key), entry, fresh))
            {
                // The record left the index between the look-up and its monitor; it is not found again.
            }
        }

        commit.Rows = rows;
    }

    public void Unlink(PreparedCommit commit)
    {
        for (var i = 0; i < commit.EntryCount; i++)
        {
            if (Index.Find(commit[i].Key) is not { } record)
            {
                continue;
            }

            lock (record)
            {
                var entry = record.Chain.Entries.ToArray().FirstOrDefault(e => e.Sequence == commit.Sequence);
                if (entry is not null)
                {
                    record.Chain = record.Chain.Without(entry);
                    Accounting.Add(record.Counter, -1, -entry.AccountedBytes);
                }
            }
        }
    }

    public BufferedRead Find(ReadOnlySpan<byte> key, TierView view)
        => Index.Find(key) is { } record ? record.Chain.Find(view) : default;

    public IBufferCursor Seek(KeyRange range, ScanDirection direction) => new BufferCursor(Index.Seek(range, direction));

    private KeyRecord FindOrAdd(ReadOnlySpan<byte> key) => Index.Find(key) ?? Index.GetOrAdd(key.ToArray(), CreateRecord);

    // Without side effects: of two that meet at a new key, one is dropped. A record is accounted for with its first version.
    private KeyRecord CreateRecord(byte[] key) => new(key, Accounting.Of(classifier.Classify(key)));

    private bool TryLink(KeyRecord record, VersionEntry entry, bool fresh)
    {
        lock (record)
        {
            if (record.IsRemoved)
            {
                return false;
            }

            record.Chain = record.Chain.With(entry, fresh);
            Accounting.Add(record.Counter, 1, entry.AccountedBytes + record.AccountOnce());
            return true;
        }
    }
}
