namespace MvStore.Buffering;

/// <summary>Records in the order of their keys. Only a leaf that is the root may be empty.</summary>
internal sealed class LeafNode<TRecord> : IndexNode
    where TRecord : class, IKeyed
{
    private readonly TRecord[] _records;

    private LeafNode(ulong[] heads, TRecord[] records)
        : base(heads) => _records = records;

    public static LeafNode<TRecord> Empty { get; } = new([], []);

    public override int Weight => _records.Length;

    public TRecord this[int position] => _records[position];

    public override byte[] KeyAt(int position) => _records[position].Key;

    public override byte[] KeyOfCut(int position) => _records[position].Key;

    /// <summary>The record with a key, or null.</summary>
    public TRecord? Find(SearchKey key)
    {
        var position = Rank(key, orEqual: false);
        return Holds(position, key) ? _records[position] : null;
    }

    /// <summary>Whether the record at the rank of a key has that key.</summary>
    public bool Holds(int rank, SearchKey key)
        => rank < _records.Length && Heads[rank] == key.Head && _records[rank].Key.AsSpan().SequenceEqual(key.Bytes);

    public LeafNode<TRecord> WithInserted(int position, ulong head, TRecord record)
        => new(CopyOnWrite.Splice(Heads, position, 0, [head]), CopyOnWrite.Splice(_records, position, 0, [record]));

    public LeafNode<TRecord> WithRemoved(int position)
        => new(CopyOnWrite.Splice(Heads, position, 1, []), CopyOnWrite.Splice(_records, position, 1, []));

    public override IndexNode Slice(int start, int end) => new LeafNode<TRecord>(Heads[start..end], _records[start..end]);

    public override IndexNode Join(byte[] separator, IndexNode right)
    {
        var other = (LeafNode<TRecord>)right;
        return new LeafNode<TRecord>(CopyOnWrite.Concat(Heads, other.Heads), CopyOnWrite.Concat(_records, other._records));
    }
}
