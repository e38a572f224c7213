using Microsoft.Extensions.Logging;
using MvStore.Diagnostics;

namespace MvStore.Logging;

/// <summary>
/// Opens a log (DESIGN.md 9, Opening): finds out what it holds, refuses what belongs to another store or is damaged, and makes sure that what it tells is on disk.
/// Until a new segment is begun nothing is changed but the bytes that are there, into the same bytes.
/// </summary>
internal sealed class LogRecovery : IDisposable
{
    private LogRecovery(ulong identity, LogFiles files, SyncedMark mark, LogContent content)
    {
        Identity = identity;
        Files = files;
        Mark = mark;
        Content = content;
    }

    /// <summary>The log's identity: the one it has, or a new one for a new log.</summary>
    public ulong Identity { get; }

    /// <summary>The files.</summary>
    public LogFiles Files { get; }

    /// <summary>The mark.</summary>
    public SyncedMark Mark { get; }

    /// <summary>What the log holds.</summary>
    public LogContent Content { get; }

    /// <summary>Reads a log.</summary>
    /// <param name="directory">Where it is. Stays the caller's.</param>
    /// <param name="tier">What the persistent tier has.</param>
    /// <param name="onDamage">What to do about damage.</param>
    /// <param name="logger">Where a cut end and damage are noted.</param>
    /// <exception cref="CommitLogException">It is damaged, or does not continue what the tier has.</exception>
    /// <exception cref="StoreFormatException">It belongs to another store, or is of a newer format.</exception>
    public static LogRecovery Open(LogDirectory directory, TierState tier, CommitLogDamage onDamage, ILogger logger)
    {
        var files = LogFiles.Open(directory);
        SyncedMark? mark = null;
        try
        {
            RequireOwnStore(files, tier.Identity, directory.Name);
            var identity = Identify(files, LogNote.Find(tier), directory.Name, onDamage, logger);
            mark = OpenMark(directory, tier.Identity);
            var content = new LogScanner(tier.DurableSequence, tier.HighestVersion, mark.Read()).Scan(files.Segments);
            if (content.Damage is not null)
            {
                Judge(content, directory.Name, onDamage, logger);
                mark.Write(Math.Max(content.End.Sequence, tier.DurableSequence));
                mark.Sync();
            }

            if (content.CutBytes > 0)
            {
                Log.LogCut(logger, content.CutBytes, content.End.Sequence);
            }

            WriteAgain(content);
            directory.Sync();
            return new LogRecovery(identity, files, mark, content);
        }
        catch
        {
            files.Dispose();
            mark?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Files.Dispose();
        Mark.Dispose();
    }

    private static void RequireOwnStore(LogFiles files, ulong store, string directory)
    {
        foreach (var segment in files.Segments)
        {
            if (segment.Header.Store != store)
            {
                throw new StoreFormatException(
                    $"The commit log '{directory}' belongs to another store than the persistent tier; it was not touched. A copy of a store needs a log of its own.");
            }
        }
    }

    // I19: what the tier remembers must be here.
    private static ulong Identify(LogFiles files, ulong? remembered, string directory, CommitLogDamage onDamage, ILogger logger)
    {
        if (files.Segments.Count > 0)
        {
            var found = files.Segments[0].Header.Log;
            if (files.Segments.Any(s => s.Header.Log != found) || (remembered ?? found) != found)
            {
                throw new CommitLogException(
                    TierFailure.Fatal,
                    $"The commit log '{directory}' is not the one that the store was last used with and not closed; nothing was touched. Open the store with that one.");
            }

            return found;
        }

        if (remembered is not null)
        {
            if (onDamage == CommitLogDamage.Refuse)
            {
                throw LogNote.Missing($"There is no commit log in '{directory}'");
            }

            Log.LogLost(logger);
        }

        return LogNote.NewIdentity();
    }

    private static SyncedMark OpenMark(LogDirectory directory, ulong store)
        => new(
            directory.List().Contains(LogFormat.MarkName) ? directory.Open(LogFormat.MarkName) : directory.Create(LogFormat.MarkName, LogFormat.SectorBytes),
            store);

    private static void Judge(LogContent content, string directory, CommitLogDamage onDamage, ILogger logger)
    {
        if (onDamage == CommitLogDamage.Refuse)
        {
            throw new CommitLogException(
                TierFailure.Damaged,
                $"The commit log '{directory}' is damaged: {content.Damage}. Restore it, or copy it and open with CommitLog.OnDamage = KeepPrefix to go on with what "
                    + "is before the damage.");
        }

        Log.LogDamaged(logger, content.Damage!, content.End.Sequence);
    }

    // After a failed sync the system may go on showing what it never wrote. Whatever is told from here on must be on disk. Only the last segment can be in
    // doubt: the others were synced before it was begun.
    private static void WriteAgain(LogContent content)
    {
        const int atOnce = 1 << 20;
        if (content.Live.FirstOrDefault(s => s.Header.Number == content.End.Segment) is not { } last)
        {
            return;
        }

        var bytes = new byte[atOnce];
        for (var at = 0L; at < content.End.Offset; at += atOnce)
        {
            var part = bytes.AsSpan(0, (int)Math.Min(atOnce, content.End.Offset - at));
            var read = last.File.Read(part, at);
            last.File.Write(part[..read], at);
        }

        last.File.Sync();
    }
}
