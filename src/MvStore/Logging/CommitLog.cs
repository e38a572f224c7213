using Microsoft.Extensions.Logging;
using MvStore.Contracts;

namespace MvStore.Logging;

/// <summary>The parts of the log, in a store that has one. Any thread, but for opening and closing.</summary>
internal sealed class CommitLog : IDisposable
{
    private readonly LogRecovery _recovery;
    private readonly SpaceWait _space;
    private readonly LogSignal _signal = new();
    private readonly LogSegments _segments;
    private readonly LogLevel _written;
    private readonly LogLevel _durable;
    private readonly LogRoom _room;
    private readonly LogBarrier _barrier;
    private readonly LogLoop _loop;

    private CommitLog(
        LogDirectory directory,
        LogRecovery recovery,
        TierState tier,
        CommitLogOptions options,
        FlushOptions retry,
        Action requestFlush,
        FailureLatch failure,
        TimeProvider time,
        ILogger logger)
    {
        _recovery = recovery;
        var end = recovery.Content.End;
        if (end.Sequence < tier.DurableSequence)
        {
            end = end with { Sequence = tier.DurableSequence, Highest = tier.HighestVersion };
        }

        Recovered = end;
        FlushedVersion = tier.HighestVersion;
        _space = new SpaceWait(retry.RetryDelay, retry.MaxRetryDelay, time, OnStalled, logger);
        var mostFree = (int)Math.Min(int.MaxValue, (options.MaxBytes / options.SegmentBytes) + 1);
        _segments = new LogSegments(directory, recovery.Files.All, recovery.Content.Live, options.SegmentBytes, mostFree);
        Queue = new LogQueue(options, _signal, time, end);
        _written = new LogLevel(Queue, _signal, failure, end.Sequence);
        _durable = new LogLevel(Queue, _signal, failure, end.Sequence);
        _room = new LogRoom(options, Queue, _written, requestFlush);
        var use = new LogUse(_segments, _room);
        _barrier = new LogBarrier(_segments, Queue, _written, _durable, use, _signal, failure);
        var appender = new LogAppender(_segments, _space, recovery.Mark, tier.Identity, recovery.Identity, end);
        Writer = new LogWriter(Queue, appender, _written, _durable, use, _barrier, failure, logger);
        var turn = new LogTurn(Writer);
        _written.LetLead(turn, syncs: false);
        _durable.LetLead(turn, syncs: true);
        _loop = new LogLoop(Writer, turn, _signal, time);
        use.Update(appender.UsedBytes);
        _segments.Release(tier.DurableSequence);
    }

    /// <summary>The end of what was found, or of what the persistent tier has if that is more: publication goes on behind it.</summary>
    public LogPosition Recovered { get; }

    /// <summary>The highest version that the persistent tier had when it was opened.</summary>
    public CommitVersion FlushedVersion { get; }

    /// <summary>By what the persistent tier is to remember it.</summary>
    public ulong Identity => _recovery.Identity;

    /// <summary>Takes commits over.</summary>
    public LogQueue Queue { get; }

    /// <summary>The one who appends. For tests, which step it.</summary>
    public LogWriter Writer { get; }

    /// <summary>What is written to the operating system.</summary>
    public LogLevel Written => _written;

    /// <summary>What is on disk.</summary>
    public LogLevel Durable => _durable;

    /// <summary>The room in the log, which commits may run out of.</summary>
    public LogRoom Room => _room;

    /// <summary>Stands before the persistent tier.</summary>
    public LogBarrier Barrier => _barrier;

    /// <summary>Opens a log: what was found can be read, and what is published from here on goes behind it once the writer is started.</summary>
    /// <param name="directory">Where the log is. Disposed with this, also if this fails.</param>
    /// <param name="tier">What the persistent tier has.</param>
    /// <param name="options">The log's settings.</param>
    /// <param name="retry">How long to wait for space.</param>
    /// <param name="requestFlush">Asks the flusher. Any thread; never waits.</param>
    /// <param name="failure">The store's first failure.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The store's log of messages.</param>
    /// <exception cref="CommitLogException">It is damaged, does not continue what the tier has, or cannot be written.</exception>
    /// <exception cref="StoreFormatException">It belongs to another store, or is of a newer format.</exception>
    public static CommitLog Open(
        LogDirectory directory,
        TierState tier,
        CommitLogOptions options,
        FlushOptions retry,
        Action requestFlush,
        FailureLatch failure,
        TimeProvider time,
        ILogger logger)
    {
        LogRecovery? recovery = null;
        try
        {
            recovery = LogRecovery.Open(directory, tier, options.OnDamage, logger);
            return new CommitLog(directory, recovery, tier, options, retry, requestFlush, failure, time, logger);
        }
        catch
        {
            recovery?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>The commits that were found and that the persistent tier does not have.</summary>
    /// <param name="flushed">What it has.</param>
    /// <param name="newBatch">Gives each commit a batch to be read into.</param>
    public IEnumerable<LoggedCommit> ReadRecovered(ulong flushed, Func<WriteBatch> newBatch) => LogReader.Read(_recovery.Content, flushed, newBatch);

    /// <summary>Starts the writer.</summary>
    public void Start() => _loop.Start();

    /// <summary>Writes and syncs what was published, and ends the writer.</summary>
    /// <returns>Completes when it has ended; never fails.</returns>
    public Task StopAsync()
    {
        _loop.RequestEnd();
        return _loop.Completion;
    }

    /// <summary>Ends a writer that waits for space.</summary>
    public void GiveUp() => _space.GiveUp();

    /// <summary>Deletes the files that hold nothing that is needed, but for one. The writer must have ended.</summary>
    /// <exception cref="CommitLogException">One cannot be deleted.</exception>
    public void DeleteFree() => _segments.DeleteFree();

    /// <summary>Closes the files. The writer must have ended.</summary>
    public void Dispose()
    {
        Queue.Dispose();
        _segments.Dispose();
        _recovery.Dispose();
        _space.Dispose();
    }

    private void OnStalled(CommitLogException? reason) => _barrier.SetStalled(reason);
}
