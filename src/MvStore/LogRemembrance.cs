using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;
using MvStore.Logging;

namespace MvStore;

/// <summary>
/// Lets the persistent tier remember that the store has a commit log (I19): from before the first commit until everything is in the tier and the store is closed. Opening
/// and closing call it, one after the other.
/// </summary>
/// <param name="notes">The tier's notes.</param>
/// <param name="tier">What the tier held when it was opened.</param>
/// <param name="log">The log; null in a store without.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The store's log of messages.</param>
internal sealed class LogRemembrance(TierNotes notes, TierState tier, CommitLog? log, TimeProvider time, ILogger logger)
{
    // Owner: opening. Release store at its end; closing acquires.
    private bool _isWhole;

    /// <summary>Makes the tier remember the log that is in use, or none.</summary>
    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        var now = notes.AtOpening(LogNote.Name);
        var content = log is null ? [] : LogNote.Content(tier.Identity, log.Identity);
        if (!now.Span.SequenceEqual(content))
        {
            await notes.SetAsync(LogNote.Name, content, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes note that what the log had is published again: only then can everything be in the tier.</summary>
    public void NoteReplayed() => Volatile.Write(ref _isWhole, true);

    /// <summary>Makes the tier forget the log. Called when everything that was published is in the tier. If it fails, the next opening needs the log, which is there.</summary>
    /// <param name="limit">How long it may take.</param>
    public async ValueTask EndAsync(TimeSpan limit)
    {
        if (log is null || !Volatile.Read(ref _isWhole))
        {
            return;
        }

        DeleteFree(log);
        using var late = new CancellationTokenSource(limit, time);
        try
        {
            await notes.SetAsync(LogNote.Name, default, late.Token).AsTask().WaitAsync(limit, time).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MvStoreException or OperationCanceledException or TimeoutException)
        {
            Log.LogStillNeeded(logger, e);
        }
    }

    // Small stores stay small.
    private void DeleteFree(CommitLog ended)
    {
        try
        {
            ended.DeleteFree();
        }
        catch (CommitLogException e)
        {
            Log.LogFilesKept(logger, e);
        }
    }
}
