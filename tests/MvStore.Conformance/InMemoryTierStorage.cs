using System.Security.Cryptography;

namespace MvStore.Conformance;

/// <summary>What an <see cref="InMemoryTier"/> keeps. It outlives the tier, so that another one can be opened over it.</summary>
public sealed class InMemoryTierStorage
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _notes = new(StringComparer.Ordinal); // under Gate
    private object? _owner; // under Gate

    /// <summary>What tells this data from any other; see <see cref="TierState.Identity"/>.</summary>
    /// <value>Default: a number chosen at random.</value>
    public ulong Identity { get; init; } = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>The last publication stored.</summary>
    public ulong DurableSequence { get; internal set; }

    /// <summary>The highest epoch it was opened under.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>The highest version stored.</summary>
    public CommitVersion HighestVersion { get; internal set; }

    /// <summary>The floors stored, those of single keys included.</summary>
    public FloorSet Floors
    {
        get
        {
            lock (Gate)
            {
                return new FloorSet(Kinds.Default, Kinds.ByKind, KeyFloors.Select(f => new KeyFloor(f.Key, f.Value)));
            }
        }
    }

    /// <summary>The drops stored that are not in force yet, by key and version.</summary>
    public IReadOnlyList<KeyFloor> Drops
    {
        get
        {
            lock (Gate)
            {
                return [.. Pending.SelectMany(p => p.Value.Select(v => new KeyFloor(p.Key, v)))];
            }
        }
    }

    /// <summary>A copy of the notes stored.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Notes
    {
        get
        {
            lock (Gate)
            {
                return new Dictionary<string, ReadOnlyMemory<byte>>(_notes, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>A copy of all rows, ascending by key, versions descending.</summary>
    public IReadOnlyList<TierRow> Rows
    {
        get
        {
            lock (Gate)
            {
                return [.. Entries];
            }
        }
    }

    internal Lock Gate { get; } = new();

    internal FloorSet Kinds { get; set; } = FloorSet.None;

    internal SortedDictionary<ReadOnlyMemory<byte>, CommitVersion> KeyFloors { get; } = new(KeyOrder.Instance);

    internal SortedDictionary<ReadOnlyMemory<byte>, SortedSet<CommitVersion>> Pending { get; } = new(KeyOrder.Instance);

    internal SortedSet<TierRow> Entries { get; } = new(EntryOrder.Instance);

    /// <summary>Takes ownership from whoever has it, as if its process had been killed.</summary>
    public void KillOwner()
    {
        lock (Gate)
        {
            _owner = null;
        }
    }

    internal void Acquire(object owner, ulong epoch)
    {
        if (_owner is not null && _owner != owner)
        {
            throw new StoreInUseException("in memory");
        }

        if (epoch != 0 && epoch <= Epoch)
        {
            throw new PersistentTierException(TierFailure.Fenced, $"Epoch {epoch} is not above {Epoch}.");
        }

        Epoch = epoch == 0 ? Epoch + 1 : epoch;
        _owner = owner;
    }

    internal void Release(object owner)
    {
        lock (Gate)
        {
            if (_owner == owner)
            {
                _owner = null;
            }
        }
    }

    internal void SetNote(string name, ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
        {
            _notes.Remove(name);
        }
        else
        {
            _notes[name] = content.ToArray();
        }
    }

    internal bool IsOwnedBy(object owner) => _owner == owner;

    private sealed class EntryOrder : IComparer<TierRow>
    {
        public static EntryOrder Instance { get; } = new();

        public int Compare(TierRow x, TierRow y)
        {
            var order = x.Key.Span.SequenceCompareTo(y.Key.Span);
            return order != 0 ? order : y.Version.CompareTo(x.Version);
        }
    }
}
