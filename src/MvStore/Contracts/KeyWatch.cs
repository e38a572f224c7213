namespace MvStore.Contracts;

/// <summary>
/// Some keys, and which of them a commit touched that began after the watch was set (I42). Committers note what they touch before they begin; the sequencer sees to it that none begins
/// without. Keys are told apart by their hashes, so that one may count as touched that is not.
/// </summary>
internal sealed class KeyWatch
{
    private readonly Dictionary<ulong, int> _placeOfHash; // never changes
    private readonly int[] _places;                       // the place of each key; never changes

    // By place. Owner: any committer, before it enters the sequencer's critical section; only ever set. Read inside that section, which orders the two, or afterwards.
    private readonly bool[] _isTouched;

    /// <param name="keys">The keys.</param>
    public KeyWatch(IReadOnlyList<ReadOnlyMemory<byte>> keys)
    {
        _placeOfHash = new Dictionary<ulong, int>(keys.Count);
        _places = new int[keys.Count];
        _isTouched = new bool[keys.Count];
        for (var i = 0; i < keys.Count; i++)
        {
            var hash = KeyHash.Of(keys[i].Span);
            _places[i] = _placeOfHash.TryAdd(hash, i) ? i : _placeOfHash[hash];
        }
    }

    /// <summary>The keys, by their index, that the commit made under this watch depends on. Owner: who made the watch, while no commit is made under it.</summary>
    public IReadOnlyList<int> Required { get; set; } = [];

    /// <summary>Whether one of the keys that matter was touched. Inside the sequencer's critical section.</summary>
    public bool IsBroken
    {
        get
        {
            for (var i = 0; i < Required.Count; i++)
            {
                if (IsTouched(Required[i]))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether a key was touched. Final inside the sequencer's critical section only; outside, a yes.</summary>
    public bool IsTouched(int index) => Volatile.Read(ref _isTouched[_places[index]]);

    /// <summary>Takes note of what a commit will touch. Before it begins, and before its entries are released.</summary>
    public void Note(PreparedCommit commit)
    {
        foreach (ref readonly var item in commit.Items)
        {
            if (_placeOfHash.TryGetValue(item.Hash, out var place))
            {
                Volatile.Write(ref _isTouched[place], true);
            }
        }
    }
}
