namespace MvStore.Committing;

/// <summary>
/// The commits in flight, in sequence order, linked through the commits themselves, so that it allocates nothing. As short as there are committers.
/// Not safe for concurrent use; owned by the sequencer's critical section.
/// </summary>
internal sealed class InFlightList
{
    /// <summary>The earliest, or null when there is none.</summary>
    public InFlightCommit? First { get; private set; }

    /// <summary>The latest, or null when there is none.</summary>
    public InFlightCommit? Last { get; private set; }

    /// <summary>The lowest version, or null when there is none.</summary>
    public CommitVersion? LowestVersion
    {
        get
        {
            CommitVersion? lowest = null;
            for (var commit = First; commit is not null; commit = commit.Next)
            {
                lowest = lowest is { } known && known <= commit.Version ? known : commit.Version;
            }

            return lowest;
        }
    }

    /// <summary>Whether a version is in flight.</summary>
    public bool Contains(CommitVersion version)
    {
        var commit = First;
        while (commit is not null && commit.Version != version)
        {
            commit = commit.Next;
        }

        return commit is not null;
    }

    /// <summary>Adds the latest.</summary>
    public void Add(InFlightCommit commit)
    {
        if (Last is null)
        {
            First = commit;
        }
        else
        {
            Last.Next = commit;
        }

        Last = commit;
    }

    /// <summary>Takes off everything before a commit; what is taken off stays linked.</summary>
    /// <param name="first">The earliest that stays, or null when none does.</param>
    public void RemoveBefore(InFlightCommit? first)
    {
        First = first;
        Last = first is null ? null : Last;
    }
}
