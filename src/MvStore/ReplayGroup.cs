using MvStore.Committing;

namespace MvStore;

/// <summary>Commits of the log that are linked by one thread, one after the other, and the batches they were read into. Belongs to who reads, then to who links.</summary>
/// <param name="mostBytes">From how many bytes on it has enough, if that is less than it would be.</param>
internal sealed class ReplayGroup(long mostBytes)
{
    // Enough that handing over costs nothing, and little enough that all threads have something to do.
    private const int MostCommits = 128;
    private const long MostBytes = 128 * 1024;

    private readonly List<WriteBatch> _batches = [];
    private readonly List<InFlightCommit> _commits = [];
    private int _batchesUsed;

    /// <summary>The commits, in order.</summary>
    public IReadOnlyList<InFlightCommit> Commits => _commits;

    /// <summary>Bytes of keys and values.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether it has enough.</summary>
    public bool IsFull => _commits.Count >= MostCommits || Bytes >= Math.Min(MostBytes, mostBytes);

    /// <summary>A batch for the next commit; it may be used again.</summary>
    public WriteBatch NextBatch()
    {
        if (_batchesUsed == _batches.Count)
        {
            _batches.Add(new WriteBatch());
        }

        return _batches[_batchesUsed++];
    }

    /// <summary>Adds a commit that has begun.</summary>
    public void Add(InFlightCommit commit)
    {
        _commits.Add(commit);
        Bytes += commit.Bytes;
    }

    /// <summary>Makes it empty, to be used again. A large batch is not kept.</summary>
    public void Clear()
    {
        if (Bytes > 2 * MostBytes)
        {
            _batches.Clear();
        }

        _commits.Clear();
        _batchesUsed = 0;
        Bytes = 0;
    }
}
