using MvStore.Tool.Git;
using MvStore.Tool.Layout;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Querying;

/// <summary>
/// The versions that changed a path. Content and mode have keys, and so histories, of their own; a version belongs to the path's history
/// when it is in one of the two, and shows the newest of each at that version.
/// </summary>
internal static class PathHistory
{
    /// <summary>The versions up to the one that is read, newest first; empty when the path did not exist up to there.</summary>
    public static async Task<IReadOnlyList<PathEvent>> ReadAsync(StoreReader reader, byte[] path, CancellationToken cancellationToken)
    {
        var sizes = new SortedList<ulong, int?>();
        await foreach (var row in reader.HistoryAsync(KeyLayout.File(path), cancellationToken))
        {
            sizes.Add(row.Version.Value, row.IsTombstone ? null : row.Value.Length);
        }

        var modes = new SortedList<ulong, int>();
        await foreach (var row in reader.HistoryAsync(KeyLayout.Mode(path), cancellationToken))
        {
            modes.Add(row.Version.Value, row.IsTombstone ? GitMode.Regular : GitMode.Parse(row.Value.Span));
        }

        var events = new List<PathEvent>();
        int? size = null;
        var mode = GitMode.Regular;
        foreach (var version in sizes.Keys.Union(modes.Keys).Order())
        {
            size = sizes.TryGetValue(version, out var newSize) ? newSize : size;
            mode = modes.TryGetValue(version, out var newMode) ? newMode : mode;
            events.Add(new PathEvent(version, size, mode));
        }

        events.Reverse();
        return events;
    }
}
