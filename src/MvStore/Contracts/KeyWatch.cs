namespace MvStore.Contracts;

/// <summary>Watches some keys, at every version (I42). They are told apart by their hashes, so that one may count as touched that is not.</summary>
internal sealed class KeyWatch : CommitWatch
{
    private readonly Dictionary<ulong, int> _placeOfHash; // never changes
    private readonly int[] _places;                       // the place of each key; never changes

    /// <param name="keys">The keys.</param>
    public KeyWatch(IReadOnlyList<ReadOnlyMemory<byte>> keys)
        : base(keys.Count)
    {
        _placeOfHash = new Dictionary<ulong, int>(keys.Count);
        _places = new int[keys.Count];
        for (var i = 0; i < keys.Count; i++)
        {
            var hash = KeyHash.Of(keys[i].Span);
            _places[i] = _placeOfHash.TryAdd(hash, i) ? i : _placeOfHash[hash];
        }
    }

    /// <summary>The keys, by their index, that the commit made under this watch depends on. Owner: who made the watch, while no commit is made under it.</summary>
    public IReadOnlyList<int> Required { get; set; } = [];

    /// <inheritdoc/>
    public override bool IsOvertaken
    {
        get
        {
            for (var i = 0; i < Required.Count; i++)
            {
                if (IsKeyTouched(Required[i]))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether a key was touched; see <see cref="CommitWatch.IsTouched"/>.</summary>
    public bool IsKeyTouched(int index) => IsTouched(_places[index]);

    /// <inheritdoc/>
    public override ulong[]? Look(PreparedCommit commit)
    {
        ulong[]? touched = null;
        foreach (ref readonly var item in commit.Items)
        {
            if (_placeOfHash.TryGetValue(item.Hash, out var place))
            {
                Mark(ref touched, place);
            }
        }

        return touched;
    }
}
