namespace MvStore.Tool.Verifying;

/// <summary>What a verification compared and found. Filled while it runs, by one task.</summary>
internal sealed class VerifyResult
{
    /// <summary>How many differences are kept; the others are counted.</summary>
    public const int Kept = 20;

    private readonly List<Difference> _differences = [];

    /// <summary>Commits whose whole tree was compared.</summary>
    public long Commits { get; set; }

    /// <summary>Pairs of a path and a version compared.</summary>
    public long Paths { get; set; }

    /// <summary>Bytes of contents compared.</summary>
    public long Bytes { get; set; }

    /// <summary>Distinct blobs fetched from git and compared byte for byte.</summary>
    public long Blobs { get; set; }

    /// <summary>How many differences there are.</summary>
    public long DifferenceCount { get; private set; }

    /// <summary>The first differences.</summary>
    public IReadOnlyList<Difference> Differences => _differences;

    /// <summary>Enters a difference.</summary>
    public void Add(Difference difference)
    {
        DifferenceCount++;
        if (_differences.Count < Kept)
        {
            _differences.Add(difference);
        }
    }
}
