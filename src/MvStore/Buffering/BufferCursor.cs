using MvStore.Contracts;

namespace MvStore.Buffering;

/// <summary>A cursor over a frozen set of keys whose chains are read live. Belongs to one caller.</summary>
internal sealed class BufferCursor(IndexCursor<KeyRecord> records) : IBufferCursor
{
    public ReadOnlyMemory<byte> Key => records.Current.Key;

    public bool MoveNext() => records.MoveNext();

    public BufferedRead Read(TierView view) => records.Current.Chain.Find(view);

    public bool ReadHistory(TierView view, int most, List<TierRow> into)
    {
        var entries = records.Current.Chain.Entries;
        for (var i = VersionChain.IndexOfFirstAbove(entries, view.At.Value) - 1; i >= 0; i--)
        {
            var entry = entries[i];
            if (entry.Sequence > view.Sequence)
            {
                continue;
            }

            if (most-- == 0)
            {
                return false;
            }

            into.Add(entry.ToRow(Key));
        }

        return true;
    }
}
