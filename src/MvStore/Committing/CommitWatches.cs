namespace MvStore.Committing;

/// <summary>The watches of the rollbacks that are under way: as a rule none. Not safe for concurrent use; owned by the sequencer's critical section.</summary>
internal sealed class CommitWatches
{
    private readonly List<CommitWatch> _watches = [];

    /// <summary>Begins a watch, or begins it anew.</summary>
    public void Begin(CommitWatch watch)
    {
        if (!_watches.Contains(watch))
        {
            _watches.Add(watch);
        }

        watch.Begin();
    }

    /// <summary>Ends a watch. Again: without effect.</summary>
    public void End(CommitWatch watch) => _watches.Remove(watch);

    /// <summary>Lets every watch but its own take note of a commit that begins.</summary>
    public void Note(InFlightCommit commit)
    {
        for (var i = 0; i < _watches.Count; i++)
        {
            if (!ReferenceEquals(_watches[i], commit.Watch))
            {
                _watches[i].Note(commit);
            }
        }
    }
}
