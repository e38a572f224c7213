using System.Text;
using MvStore.Tool.Git;
using MvStore.Tool.Layout;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Verifying;

/// <summary>
/// Compares one version of the store with the tree of one commit: the same paths, no more and no fewer, the same contents, the same
/// modes; and that reading a path by itself gives what the scan gave.
/// </summary>
internal sealed class TreeVerifier(StoreReader reader, string commit, BlobComparer blobs, VerifyResult result)
{
    /// <summary>Compares.</summary>
    /// <param name="tree">Every path of the commit, in byte order.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task RunAsync(IReadOnlyList<TreeEntry> tree, CancellationToken cancellationToken)
    {
        var modes = await reader.ReadModesAsync([], cancellationToken);
        var next = 0;
        await foreach (var row in reader.ScanFilesAsync([], cancellationToken))
        {
            var path = KeyLayout.PathOf(row.Key);
            while (next < tree.Count && tree[next].Path.AsSpan().SequenceCompareTo(path.Span) < 0)
            {
                Report(tree[next++].Path, "git has the path, a scan of the store does not");
            }

            if (next < tree.Count && tree[next].Path.AsSpan().SequenceEqual(path.Span))
            {
                await CompareAsync(tree[next++], row, modes, cancellationToken);
            }
            else
            {
                Report(path.ToArray(), "the store has the path, git does not");
            }
        }

        for (; next < tree.Count; next++)
        {
            Report(tree[next].Path, "git has the path, a scan of the store does not");
        }

        var known = tree.Select(static entry => entry.Path).ToHashSet(ByteArrayComparer.Instance);
        foreach (var path in modes.Paths.Where(path => !known.Contains(path)))
        {
            Report(path, "the store has a mode for a path that git does not have");
        }

        result.Commits++;
    }

    private async ValueTask CompareAsync(TreeEntry entry, VersionedRow row, ModeTable modes, CancellationToken cancellationToken)
    {
        var content = row.Value;
        result.Paths++;
        result.Bytes += content.Length;
        var equal = entry.Mode == GitMode.Submodule
            ? content.Span.SequenceEqual(Encoding.ASCII.GetBytes(entry.Id))
            : await blobs.EqualsAsync(content, entry.Id, cancellationToken);
        if (!equal)
        {
            Report(entry.Path, $"the content is not that of {entry.Id}");
        }

        if (await reader.GetFileAsync(entry.Path, cancellationToken) is not { } got || got != row)
        {
            Report(entry.Path, "reading the path by itself gives another row than the scan");
        }

        var mode = modes[entry.Path];
        if (mode != entry.Mode)
        {
            Report(entry.Path, $"the mode is {GitMode.Format(mode)} in the store, {GitMode.Format(entry.Mode)} in git");
        }

        if (await reader.GetModeAsync(entry.Path, cancellationToken) != mode)
        {
            Report(entry.Path, "reading the mode by itself gives another one than the scan");
        }
    }

    private void Report(byte[] path, string what) => result.Add(new Difference(reader.Version.Value, commit, path, what));
}
