using MvStore.Logging;

namespace MvStore;

/// <summary>
/// Examines a commit log without opening its store. Changes nothing. A log in use can be examined too, but what is written meanwhile may look torn. Safe from any
/// thread.
/// </summary>
public static class CommitLogInspection
{
    /// <summary>Reads everything the log holds and checks it, as opening would.</summary>
    /// <param name="directory">The directory of the log.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is null or empty.</exception>
    /// <exception cref="CommitLogException">It cannot be read.</exception>
    /// <exception cref="StoreFormatException">It is of a newer format.</exception>
    public static CommitLogReport Verify(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        using var examined = LogExamination.Open(DiskLogDirectory.Examine(directory));
        var content = examined.Content;
        return new CommitLogReport
        {
            Segments = [.. content.Live.Select(s => new CommitLogSegment(s.Name, s.Header.Number, s.Header.Base, s.Header.Length))],
            Format = FormatOf(content.Live.Count),
            Commits = content.Commits,
            BaseSequence = content.Live.Count == 0 ? 0 : content.Live[0].Header.Base,
            LastSequence = content.End.Sequence,
            HighestVersion = content.End.Highest,
            SyncedSequence = examined.Mark,
            TornBytes = content.CutBytes,
            Damage = content.Damage,
        };
    }

    /// <summary>The version of the format in which a log is written (DESIGN.md 9, Format). Reads the heads of its files only.</summary>
    /// <param name="directory">The directory of the log.</param>
    /// <returns>The version; 0 when there is no file that holds anything, as in a log that was never used.</returns>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is null or empty.</exception>
    /// <exception cref="CommitLogException">It cannot be read.</exception>
    /// <exception cref="StoreFormatException">It is of a newer format.</exception>
    public static int GetFormat(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        using var examined = DiskLogDirectory.Examine(directory);
        using var files = LogFiles.Open(examined);
        return FormatOf(files.Segments.Count);
    }

    /// <summary>Whether a store cannot be opened without its commit log: it was used with one, and not closed with everything flushed.</summary>
    /// <param name="tier">What the store's persistent tier holds.</param>
    /// <returns>Whether acknowledged commits may be in the log alone.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="tier"/> is null.</exception>
    /// <exception cref="StoreFormatException">What the tier says of the log is of a newer format.</exception>
    public static bool IsNeeded(TierState tier)
    {
        ArgumentNullException.ThrowIfNull(tier);
        return LogNote.Find(tier) is not null;
    }

    /// <summary>The whole commits in the log, up to the first damage.</summary>
    /// <param name="directory">The directory of the log.</param>
    /// <returns>The commits in the order of publications. Read while they are enumerated.</returns>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is null or empty.</exception>
    /// <exception cref="CommitLogException">It cannot be read.</exception>
    /// <exception cref="StoreFormatException">It is of a newer format.</exception>
    public static IEnumerable<CommitLogRecord> Read(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Enumerate(directory);
    }

    // There is but one that can be read.
    private static int FormatOf(int segments) => segments == 0 ? 0 : (int)LogFormat.Version;

    private static IEnumerable<CommitLogRecord> Enumerate(string directory)
    {
        using var examined = LogExamination.Open(DiskLogDirectory.Examine(directory));
        var first = examined.Content.Live.Count == 0 ? 0 : examined.Content.Live[0].Header.Base;
        foreach (var (sequence, version, batch) in LogReader.Read(examined.Content, first))
        {
            yield return new CommitLogRecord(
                sequence,
                version,
                batch.Deltas.Count(d => d.Kind == DeltaKind.Set),
                batch.Deltas.Count(d => d.Kind == DeltaKind.Remove),
                batch.Deltas.Count(d => d.Kind == DeltaKind.Drop),
                batch.Deltas.Sum(d => (long)d.Key.Length + d.Value.Length));
        }
    }
}
