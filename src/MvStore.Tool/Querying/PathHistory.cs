using MvStore.Tool.Git;
using MvStore.Tool.Layout;

namespace MvStore.Tool.Querying;

/// <summary>
/// The versions that changed a path. Content and mode have keys, and so histories, of their own; a version belongs to the path's history
/// when it is in one of the two, and shows the newest of each at that version.
/// </summary>
internal static class PathHistory
{
    /// <summary>The versions, newest first; empty when the path never existed.</summary>
    public static async Task<IReadOnlyList<PathEvent>> ReadAsync(IMultiVersionStore store, byte[] path, CancellationToken cancellationToken)
    {
        using var snapshot = store.OpenSnapshot(CommitVersion.Latest, "mvstore history");
        var sizes = new SortedList<ulong, int?>();
        await foreach (var row in snapshot.HistoryAsync(KeyRange.Exactly(KeyLayout.File(path)), cancellationToken))
        {
            sizes.Add(row.Version.Value, row.IsTombstone ? null : row.Value.Length);
        }

        var modes = new SortedList<ulong, int>();
        await foreach (var row in snapshot.HistoryAsync(KeyRange.Exactly(KeyLayout.Mode(path)), cancellationToken))
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
