using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>The watches that are set: as a rule none. Never changes; who sets one or ends one replaces it.</summary>
internal sealed class CommitWatches
{
    /// <summary>No watch.</summary>
    public static readonly CommitWatches None = new([]);

    private readonly CommitWatch[] _watches;

    private CommitWatches(CommitWatch[] watches) => _watches = watches;

    /// <summary>These, and one more in the place of another.</summary>
    /// <param name="watch">The new one.</param>
    /// <param name="replaced">The one that ends; null for none.</param>
    public CommitWatches With(CommitWatch watch, CommitWatch? replaced) => new([.. _watches.Where(other => other != replaced), watch]);

    /// <summary>These without one.</summary>
    public CommitWatches Without(CommitWatch watch)
    {
        CommitWatch[] left = [.. _watches.Where(other => other != watch)];
        return left.Length == 0 ? None : new CommitWatches(left);
    }

    /// <summary>Finds out what a commit touches of what is watched, by every watch but its own.</summary>
    /// <returns>What each watch has to take note of; null for nothing.</returns>
    public ulong[]?[]? Look(InFlightCommit commit)
    {
        ulong[]?[]? touched = null;
        for (var i = 0; i < _watches.Length; i++)
        {
            if (!ReferenceEquals(_watches[i], commit.Watch) && _watches[i].Look(commit) is { } places)
            {
                (touched ??= new ulong[]?[_watches.Length])[i] = places;
            }
        }

        return touched;
    }

    /// <summary>Lets the watches take note of what a commit touches. Inside the sequencer's critical section, when it begins.</summary>
    /// <param name="touched">What <see cref="Look"/> of the same watches found.</param>
    public void Note(ulong[]?[]? touched)
    {
        for (var i = 0; i < touched?.Length; i++)
        {
            if (touched[i] is { } places)
            {
                _watches[i].Note(places);
            }
        }
    }
}
