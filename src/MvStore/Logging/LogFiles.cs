using System.Globalization;

namespace MvStore.Logging;

/// <summary>The files of a log as they are found.</summary>
/// <param name="All">Every file of a segment, with its header when it holds one.</param>
internal sealed record LogFiles(IReadOnlyList<(string Name, LogFile File, SegmentHeader? Header)> All) : IDisposable
{
    /// <summary>Those that are in use, or were.</summary>
    public IReadOnlyList<LogSegment> Segments
        => [.. All.Where(f => f.Header is not null).Select(f => new LogSegment(f.Name, f.File, f.Header!.Value))];

    /// <summary>Opens every segment in a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="StoreFormatException">One is of a newer format.</exception>
    public static LogFiles Open(LogDirectory directory)
    {
        var all = new List<(string Name, LogFile File, SegmentHeader? Header)>();
        try
        {
            foreach (var name in directory.List().Where(IsSegment).Order(StringComparer.Ordinal))
            {
                var file = directory.Open(name);
                all.Add((name, file, null));

                // A file that is shorter than its header says was cut: it is read as far as it goes.
                all[^1] = (name, file, SegmentHeader.Read(file, name));
            }
        }
        catch
        {
            all.ForEach(f => f.File.Dispose());
            throw;
        }

        return new LogFiles(all);
    }

    public void Dispose()
    {
        foreach (var (_, file, _) in All)
        {
            file.Dispose();
        }
    }

    private static bool IsSegment(string name)
        => name.EndsWith(LogFormat.SegmentSuffix, StringComparison.Ordinal)
            && int.TryParse(Path.GetFileNameWithoutExtension(name), NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
