namespace MvStore.Committing;

/// <summary>
/// Works out the visible version: the highest published version with no lower one in flight. Not safe for concurrent use; owned by the
/// sequencer's critical section. Versions wait here only while a lower one is in flight, so it stays as small as the number of committers.
/// </summary>
internal sealed class VisibilityTracker(CommitVersion recovered)
{
    // Ascending, each once. A list, because they arrive nearly in order and leave from the front together.
    private readonly List<ulong> _waiting = [];

    /// <summary>The highest published version.</summary>
    public CommitVersion Highest { get; private set; } = recovered;

    /// <summary>The visible version. Never goes back.</summary>
    public CommitVersion Visible { get; private set; } = recovered;

    /// <summary>Takes note of a published version.</summary>
    public void Publish(CommitVersion version)
    {
        if (version > Highest)
        {
            Highest = version;
        }

        if (version > Visible)
        {
            var at = _waiting.BinarySearch(version.Value);
            if (at < 0)
            {
                _waiting.Insert(~at, version.Value);
            }
        }
    }

    /// <summary>Lets the visible version rise as far as what is in flight allows.</summary>
    /// <param name="lowestInFlight">The lowest version in flight, or null when there is none.</param>
    public void Advance(CommitVersion? lowestInFlight)
    {
        var passed = lowestInFlight is { } limit ? CountBelow(limit.Value) : _waiting.Count;
        if (passed > 0)
        {
            Visible = _waiting[passed - 1];
            _waiting.RemoveRange(0, passed);
        }
    }

    private int CountBelow(ulong limit)
    {
        var at = _waiting.BinarySearch(limit);
        return at < 0 ? ~at : at;
    }
}
