using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// Admits late commits one at a time and proves that none of their (key, version) pairs exists, in memory or on disk (contract A4, I3;
/// DESIGN.md 3). Only late committers wait here, and it is the only lock held across I/O.
/// </summary>
internal sealed class LateCommitChecker(CommitSequencer sequencer, IVersionLookup tiers)
{
    private readonly AsyncGate _gate = new();

    /// <summary>Waits for the gate.</summary>
    /// <returns>Dispose it once the commit is linked.</returns>
    public ValueTask<IDisposable> EnterAsync(CancellationToken cancellationToken) => _gate.EnterAsync(cancellationToken);

    /// <summary>Enters the gate if nobody is there. Never waits.</summary>
    /// <returns>Dispose it once the commit is linked; null if somebody is there.</returns>
    public IDisposable? TryEnter() => _gate.TryEnter();

    /// <summary>Begins a late commit, inside the gate.</summary>
    /// <exception cref="DuplicateVersionException">One of its keys has its version already.</exception>
    public async ValueTask BeginAsync(InFlightCommit commit, CancellationToken cancellationToken)
    {
        var sameVersionPublished = sequencer.Announce(commit);
        try
        {
            await sameVersionPublished.ConfigureAwait(false);
            await RequireNewAsync(commit, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            sequencer.BeginAnnounced(commit);
        }
        catch
        {
            sequencer.Withdraw(commit);
            throw;
        }
    }

    private async ValueTask RequireNewAsync(PreparedCommit commit, CancellationToken cancellationToken)
    {
        var keys = KeysAscending(commit);

        // What was hidden from all counts for nothing.
        var everything = new TierView(commit.Version, NativeEntry.HiddenSequence - 1);
        foreach (var found in await tiers.FindManyAsync(keys, everything, cancellationToken).ConfigureAwait(false))
        {
            if (found is { } row && row.Version == commit.Version)
            {
                throw new DuplicateVersionException(row.Key, row.Version);
            }
        }
    }

    private static ReadOnlyMemory<byte>[] KeysAscending(PreparedCommit commit)
    {
        var keys = new ReadOnlyMemory<byte>[commit.EntryCount];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = commit[i].Key.ToArray();
        }

        Array.Sort(keys, static (x, y) => x.Span.SequenceCompareTo(y.Span));
        return keys;
    }
}
