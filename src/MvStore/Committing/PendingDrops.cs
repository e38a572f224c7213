using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// Published drops that are not in force yet, by version. Not safe for concurrent use; owned by the sequencer's critical section. A drop leaves when
/// it comes into force.
/// </summary>
internal sealed class PendingDrops(IEnumerable<KeyFloor> recovered)
{
    private readonly SortedSet<KeyFloor> _byVersion = new(recovered, VersionThenKey.Instance);

    /// <summary>Takes note of the drops of a commit that is being published.</summary>
    public void Add(PreparedCommit commit)
    {
        foreach (var drop in commit.Drops)
        {
            _byVersion.Add(drop);
        }
    }

    /// <summary>Takes out drops at or below a version, the lowest first.</summary>
    public IReadOnlyList<KeyFloor> TakeUpTo(CommitVersion version, int most)
    {
        if (_byVersion.Count == 0 || _byVersion.Min.Version > version)
        {
            return [];
        }

        var taken = _byVersion.TakeWhile(d => d.Version <= version).Take(most).ToArray();
        foreach (var drop in taken)
        {
            _byVersion.Remove(drop);
        }

        return taken;
    }

    /// <summary>The drops at or below a version.</summary>
    public IReadOnlyList<KeyFloor> UpTo(CommitVersion version) => [.. _byVersion.TakeWhile(d => d.Version <= version)];

    private sealed class VersionThenKey : IComparer<KeyFloor>
    {
        public static VersionThenKey Instance { get; } = new();

        public int Compare(KeyFloor x, KeyFloor y)
        {
            var order = x.Version.CompareTo(y.Version);
            return order != 0 ? order : x.Key.Span.SequenceCompareTo(y.Key.Span);
        }
    }
}
