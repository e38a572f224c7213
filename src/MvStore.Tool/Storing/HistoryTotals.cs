using MvStore.Tool.Layout;

namespace MvStore.Tool.Storing;

/// <summary>Counts all history that a store keeps, by kind of key. Used by one task.</summary>
/// <param name="isImport">Whether an import made the store, so that the first bytes of a key say what it is.</param>
internal sealed class HistoryTotals(bool isImport)
{
    private readonly bool _isImport = isImport;
    private readonly KeyTotals _paths = new("paths");
    private readonly KeyTotals _modes = new("modes");
    private readonly KeyTotals _commits = new("commits");
    private readonly KeyTotals _others = new(isImport ? "others" : "keys");

    /// <summary>The contents of paths; nothing unless an import made the store.</summary>
    public KeyTotals Paths => _paths;

    /// <summary>Each kind that has a key.</summary>
    public IEnumerable<KeyTotals> Kinds => ((KeyTotals[])[_paths, _modes, _commits, _others]).Where(static kind => kind.Keys > 0);

    /// <summary>Counts by reading everything once.</summary>
    /// <param name="store">The store.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HistoryTotals> CountAsync(IMultiVersionStore store, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>? last = null;
        await foreach (var row in store.HistoryAsync(KeyRange.All, CommitVersion.Latest, cancellationToken))
        {
            // Newest first: a version is the newest of its key when the one before belongs to another key.
            KindOf(row.Key.Span).Add(row, isNewest: last is not { } key || !key.Span.SequenceEqual(row.Key.Span));
            last = row.Key;
        }

        return this;
    }

    private KeyTotals KindOf(ReadOnlySpan<byte> key)
        => !_isImport ? _others
            : key.StartsWith(KeyLayout.FilePrefix) ? _paths
            : key.StartsWith(KeyLayout.ModePrefix) ? _modes
            : key.StartsWith(KeyLayout.CommitPrefix) ? _commits
            : _others;
}
