namespace MvStore.Committing;

/// <summary>
/// Works out the visible version: the highest published version with no lower one in flight. Not safe for concurrent use; owned by the
/// sequencer's critical section. Versions wait here only while a lower one is in flight, so it stays as small as the number of committers.
/// </summary>
internal sealed class VisibilityTracker(CommitVersion recovered)
{
    private readonly SortedSet<ulong> _waiting = [];

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
            _waiting.Add(version.Value);
        }
    }

    /// <summary>Lets the visible version rise as far as what is in flight allows.</summary>
    /// <param name="lowestInFlight">The lowest version in flight, or null when there is none.</param>
    public void Advance(CommitVersion? lowestInFlight)
    {
        while (_waiting.Count > 0 && (lowestInFlight is not { } limit || _waiting.Min < limit.Value))
        {
            Visible = _waiting.Min;
            _waiting.Remove(_waiting.Min);
        }
    }
}
