namespace MvStore.Logging;

/// <summary>A log that is looked at without its store, as far back as it can be read.</summary>
internal sealed class LogExamination : IDisposable
{
    private readonly LogDirectory _directory;
    private readonly LogFiles _files;

    private LogExamination(LogDirectory directory, LogFiles files, ulong mark)
    {
        _directory = directory;
        _files = files;
        Mark = mark;
        Content = new LogScanner(OldestBase(files.Segments), null, mark).Scan(files.Segments);
    }

    /// <summary>What the log holds.</summary>
    public LogContent Content { get; }

    /// <summary>The mark; 0 when there is none.</summary>
    public ulong Mark { get; }

    /// <summary>Looks at a log.</summary>
    /// <param name="directory">Where it is. Disposed with the result, also if this fails.</param>
    public static LogExamination Open(LogDirectory directory)
    {
        LogFiles? files = null;
        try
        {
            files = LogFiles.Open(directory);
            return new LogExamination(directory, files, ReadMark(directory, files));
        }
        catch
        {
            files?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _files.Dispose();
        _directory.Dispose();
    }

    private static ulong ReadMark(LogDirectory directory, LogFiles files)
    {
        if (!directory.List().Contains(LogFormat.MarkName) || files.Segments.Count == 0)
        {
            return 0;
        }

        using var mark = new SyncedMark(directory.Open(LogFormat.MarkName), files.Segments[0].Header.Store);
        return mark.Read();
    }

    // What was used again is not to be missed: nobody but the store knows from where on it needs the log.
    private static ulong OldestBase(IReadOnlyList<LogSegment> segments)
    {
        var oldest = segments.MaxBy(s => s.Header.Number);
        while (segments.FirstOrDefault(s => oldest is not null && s.Header.Number == oldest.Header.Previous) is { } earlier
            && earlier.Header.Base <= oldest!.Header.Base)
        {
            oldest = earlier;
        }

        return oldest?.Header.Base ?? 0;
    }
}
