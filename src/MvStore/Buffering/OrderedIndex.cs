using System.Diagnostics;

namespace MvStore.Buffering;

/// <summary>
/// The records of the hot tier in the order of their keys, bytewise and unsigned: a persistent (path-copying) B+tree.
/// <para>Rules:</para>
/// <list type="number">
/// <item>A node never changes once a published root reaches it. An insertion or removal copies the nodes on its path and publishes the
/// new root with one volatile write; that write is the instant at which it happens.</item>
/// <item>A reader loads the root once. From there on it is wait-free and sees one frozen set of keys.</item>
/// <item>Those who change the set take turns under one monitor, which covers path copying only: no other lock is taken and no
/// foreign code runs inside it.</item>
/// <item>Every leaf is at the same depth. Every node but the root weighs between a quarter of the fan-out and the fan-out. A node
/// that falls below joins a neighbour, and is cut in halves again if that is too much, so that memory follows the content.</item>
/// </list>
/// What a record holds is none of the index's business, except that its key stays as it is. Safe from any thread.
/// </summary>
internal sealed class OrderedIndex<TRecord>
    where TRecord : class, IKeyed
{
    /// <summary>The fan-out unless told otherwise. Of 16 to 128 it changes fastest at 32; finding is no faster at 64, walking is.</summary>
    public const int DefaultFanOut = 32;

    private readonly object _gate = new(); // Held by whoever changes the set of keys, while it copies a path.
    private readonly int _maxWeight; // Set once.
    private readonly int _minWeight; // Set once.

    private volatile IndexNode _root = LeafNode<TRecord>.Empty; // Written under _gate (release); read by anyone (acquire).
    private volatile int _count; // Written under _gate, right after the root (release); read by anyone (acquire).

    /// <summary>An empty index.</summary>
    /// <param name="fanOut">The most records in a leaf and children of an inner node; at least 4.</param>
    public OrderedIndex(int fanOut = DefaultFanOut)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fanOut, 4);
        _maxWeight = fanOut;
        _minWeight = Math.Max(2, fanOut / 4);
    }

    /// <summary>How many records there are. While others change the index it may lag behind them by one change.</summary>
    public int Count => _count;

    /// <summary>The record with a key, or null. Wait-free, allocates nothing.</summary>
    public TRecord? Find(ReadOnlySpan<byte> key) => Find(_root, new SearchKey(key));

    /// <summary>
    /// The record with a key, which is created if there is none. Of threads that race for one key, all get the one record that
    /// entered the index; what the others created is dropped, so <paramref name="create"/> should have no effect but its result.
    /// </summary>
    /// <param name="key">The key. Not copied: it must not change any more.</param>
    /// <param name="create">Makes the record; it must keep the array it is handed as its key. Called at most once, outside the monitor.</param>
    public TRecord GetOrAdd(byte[] key, Func<byte[], TRecord> create)
    {
        var search = new SearchKey(key);
        if (Find(_root, search) is { } present)
        {
            return present;
        }

        var created = create(key);
        Debug.Assert(ReferenceEquals(created.Key, key), "A record must keep the key it was created for.");
        lock (_gate)
        {
            if (Find(_root, search) is { } winner)
            {
                return winner;
            }

            var replacement = Insert(_root, search, created);
            _root = replacement.Right is null ? replacement.Left : new InnerNode(replacement);
            _count++;
            return created;
        }
    }

    /// <summary>Removes this very record. Cursors opened before go on to show it.</summary>
    /// <returns>False when the record is not, or no longer, in the index, even if another one with its key is.</returns>
    public bool Remove(TRecord record)
    {
        var search = new SearchKey(record.Key);
        lock (_gate)
        {
            if (!ReferenceEquals(Find(_root, search), record))
            {
                return false;
            }

            var root = Remove(_root, search);
            _root = root is InnerNode { Weight: 1 } inner ? inner[0] : root;
            _count--;
            return true;
        }
    }

    /// <summary>A cursor before the first record of a range, over the keys of this moment.</summary>
    public IndexCursor<TRecord> Seek(KeyRange range, ScanDirection direction) => new(_root, range, direction);

    /// <summary>Throws when the tree breaks one of its rules. Walks all of it, and lets nobody change it meanwhile.</summary>
    public void CheckInvariants()
    {
        lock (_gate)
        {
            IndexInvariants<TRecord>.Check(_root, _count, _minWeight, _maxWeight);
        }
    }

    private static TRecord? Find(IndexNode node, SearchKey key)
    {
        while (node is InnerNode inner)
        {
            node = inner.ChildFor(key);
        }

        return ((LeafNode<TRecord>)node).Find(key);
    }

    /// <summary>What takes the place of a node when a record, whose key is absent, enters below it.</summary>
    private NodeReplacement Insert(IndexNode node, SearchKey key, TRecord record)
    {
        if (node is InnerNode inner)
        {
            var position = inner.Rank(key, orEqual: true);
            return inner.WithReplaced(position, 1, Insert(inner[position], key, record)).Fit(_maxWeight);
        }

        var leaf = (LeafNode<TRecord>)node;
        return leaf.WithInserted(leaf.Rank(key, orEqual: false), key.Head, record).Fit(_maxWeight);
    }

    /// <summary>A node without the record of a key that is present below it. It may weigh too little; its parent sees to that.</summary>
    private IndexNode Remove(IndexNode node, SearchKey key)
    {
        if (node is not InnerNode inner)
        {
            var leaf = (LeafNode<TRecord>)node;
            return leaf.WithRemoved(leaf.Rank(key, orEqual: false));
        }

        var position = inner.Rank(key, orEqual: true);
        var child = Remove(inner[position], key);
        if (child.Weight >= _minWeight)
        {
            return inner.WithReplaced(position, 1, new NodeReplacement(child));
        }

        var joined = position > 0
            ? inner[position - 1].Join(inner.KeyAt(position - 1), child)
            : child.Join(inner.KeyAt(0), inner[1]);
        return inner.WithReplaced(Math.Max(position - 1, 0), 2, joined.Fit(_maxWeight));
    }
}
