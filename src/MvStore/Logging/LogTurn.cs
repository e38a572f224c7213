namespace MvStore.Logging;

/// <summary>
/// Whose turn it is to take a step (DESIGN.md 9, Appending). Goal: a committer whose thread has nothing to do but wait, and that finds nobody at the log, writes and syncs itself; it is
/// spared two hand-overs between threads, which take as long as a sync of a fast disk. A step needs the turn (I54). Nobody relies on another's turn: whoever registers to wait wakes
/// the writer's thread, which takes its turn as soon as it can (I55). Any thread.
/// </summary>
/// <param name="writer">Takes the steps.</param>
internal sealed class LogTurn(LogWriter writer)
{
    // A sync that let more than one go was for a crowd that comes back: the writer's thread gathers it, and who led would sync for himself alone.
    private const int Alone = 1;

    // Held for a whole step, the disk's work included: only the writer's thread waits for it.
    private readonly object _gate = new();

    // No step is taken any more: one has failed, or the last one was taken. Owned by _gate.
    private bool _isOver;

    /// <summary>Waits for the turn. On the writer's thread.</summary>
    /// <returns>Whether there are steps to take; the turn has to be ended either way.</returns>
    public bool Begin()
    {
        Monitor.Enter(_gate);
        return !_isOver;
    }

    /// <summary>Ends the turn.</summary>
    /// <param name="isOver">Whether nobody is to take a step any more.</param>
    public void End(bool isOver)
    {
        _isOver |= isOver;
        Monitor.Exit(_gate);
    }

    /// <summary>Takes a step for a committer, if nobody has the turn and no crowd is about to come. Whether it did is seen from the level it waits for, as are failures.</summary>
    /// <param name="level">What the committer waits for.</param>
    /// <param name="sequence">Its publication.</param>
    /// <param name="syncs">Whether it waits for the disk.</param>
    public void TryLead(LogLevel level, ulong sequence, bool syncs)
    {
        // Who is inside a step already, as a host's log of messages may be, is not to begin another one inside it.
        if (Monitor.IsEntered(_gate) || !Monitor.TryEnter(_gate))
        {
            return;
        }

        var goesOn = true;
        try
        {
            if (!_isOver && level.Sequence < sequence && writer.LastWoken <= Alone && (syncs || writer.Waiting == 0))
            {
                goesOn = writer.Step(always: syncs, led: true);
            }
        }
        finally
        {
            End(isOver: !goesOn);
        }
    }
}
