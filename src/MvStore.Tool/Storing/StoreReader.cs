using System.Globalization;
using MvStore.Tool.Git;
using MvStore.Tool.Layout;
using MvStore.Tool.Rendering;

namespace MvStore.Tool.Storing;

/// <summary>Reads what an import wrote, at one version.</summary>
internal sealed class StoreReader(ISnapshot snapshot) : IDisposable
{
    /// <summary>The version read.</summary>
    public CommitVersion Version => snapshot.Version;

    /// <summary>The commit of a version.</summary>
    /// <exception cref="ToolException">There is none: the store was not written by an import.</exception>
    public async ValueTask<CommitRecord> GetCommitAsync(CommitVersion version, CancellationToken cancellationToken)
    {
        var row = await snapshot.GetAsync(KeyLayout.Commit(version), cancellationToken)
            ?? throw new ToolException(ExitCode.Store, $"The store has no commit record at version {version}; it was not made by 'mvstore import-git'.");
        return CommitRecord.Decode(row.Value.Span);
    }

    /// <summary>The content of a path, or null.</summary>
    public ValueTask<VersionedRow?> GetFileAsync(ReadOnlySpan<byte> path, CancellationToken cancellationToken)
        => snapshot.GetAsync(KeyLayout.File(path), cancellationToken);

    /// <summary>The mode of a path that exists.</summary>
    public async ValueTask<int> GetModeAsync(byte[] path, CancellationToken cancellationToken)
        => await snapshot.GetAsync(KeyLayout.Mode(path), cancellationToken) is { } row ? GitMode.Parse(row.Value.Span) : GitMode.Regular;

    /// <summary>The contents of all paths with a prefix, in byte order.</summary>
    public IAsyncEnumerable<VersionedRow> ScanFilesAsync(ReadOnlySpan<byte> prefix, CancellationToken cancellationToken)
        => snapshot.ScanAsync(KeyRange.Prefix(KeyLayout.File(prefix)), cancellationToken: cancellationToken);

    /// <summary>The modes of all paths with a prefix that are not regular files, by path.</summary>
    public async ValueTask<ModeTable> ReadModesAsync(byte[] prefix, CancellationToken cancellationToken)
    {
        var modes = new ModeTable();
        await foreach (var row in snapshot.ScanAsync(KeyRange.Prefix(KeyLayout.Mode(prefix)), cancellationToken: cancellationToken))
        {
            modes.Add(KeyLayout.PathOf(row.Key), GitMode.Parse(row.Value.Span));
        }

        return modes;
    }

    /// <summary>Every kept version of a key up to the one that is read, deletions included, newest first.</summary>
    public IAsyncEnumerable<VersionedRow> HistoryAsync(byte[] key, CancellationToken cancellationToken)
        => snapshot.HistoryAsync(KeyRange.Exactly(key), cancellationToken);

    /// <summary>Closes the snapshot.</summary>
    public void Dispose() => snapshot.Dispose();

    /// <summary>Opens a store's content at a version that exists.</summary>
    /// <param name="store">The store.</param>
    /// <param name="at">The version; null for the newest.</param>
    /// <exception cref="ToolException">The version does not exist.</exception>
    public static StoreReader Open(IMultiVersionStore store, ulong? at)
    {
        var newest = store.VisibleVersion;
        if (at is { } asked && (asked == 0 || asked > newest.Value))
        {
            var range = newest == CommitVersion.Zero ? "it is empty" : string.Create(CultureInfo.InvariantCulture, $"it holds 1 to {newest}");
            throw new ToolException(ExitCode.Negative, $"The store has no version {asked}; {range}.");
        }

        return new StoreReader(store.OpenSnapshot(at ?? newest.Value, "mvstore command"));
    }

    /// <summary>Opens a store's content at a version that exists, or as it was at a time.</summary>
    /// <param name="store">The store.</param>
    /// <param name="at">The version or the time; null for the newest version.</param>
    /// <exception cref="ToolException">The version does not exist, or it is not known which one was the newest then.</exception>
    public static StoreReader OpenAt(IMultiVersionStore store, ReadPoint? at)
    {
        if (at is not { Time: { } time } point)
        {
            return Open(store, at?.Version);
        }

        try
        {
            var version = store.VersionAt(time);
            return version == CommitVersion.Zero
                ? throw new ToolException(ExitCode.Negative, $"At {point} the store was empty.")
                : new StoreReader(store.OpenSnapshot(version, "mvstore command"));
        }
        catch (UnknownTimeException e)
        {
            var known = e.Earliest is { } first ? $"times are known from {Figures.Moment(first.ToOffset(time.Offset))} on" : "it remembers no times";
            throw new ToolException(ExitCode.Negative, $"What the store held at {point} is not known: {known}. Ask for a version instead.", e);
        }
    }
}
