using System.Globalization;
using System.Text;
using MvStore.Tool.Git;
using MvStore.Tool.Layout;
using MvStore.Tool.Rendering;

namespace MvStore.Tool.Importing;

/// <summary>Turns one commit's changes into one batch and commits it. Used by one task.</summary>
internal sealed class CommitWriter(IMultiVersionStore store, BlobStream blobs, ImportOptions options)
{
    private const int LongestPath = BufferOptions.KeyLengthLimit - 2;

    private readonly WriteBatch _batch = new();
    private byte[] _content = [];
    private long _bytesSinceCheck;

    /// <summary>Values and tombstones written.</summary>
    public long Entries { get; private set; }

    /// <summary>Bytes of file contents written.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reads the blobs of a commit and stores it.</summary>
    public async Task WriteAsync(ulong version, CommitChanges commit, CancellationToken cancellationToken)
    {
        _batch.Clear();
        _batch.Set(KeyLayout.Commit(version), CommitRecord.Encode(commit.Commit));
        foreach (var change in commit.Changes)
        {
            if (change.Path.Length > LongestPath)
            {
                throw TooLarge(version, commit, change, $"the path has {change.Path.Length} bytes", LongestPath, "path");
            }

            AddMode(change);
            await AddContentAsync(version, commit, change, cancellationToken);
        }

        await store.CommitAsync(_batch, version, Durability.Buffered, cancellationToken);
        Entries += _batch.Count;
        await PaceAsync(version, cancellationToken);
    }

    private void AddMode(TreeChange change)
    {
        var hadEntry = change.OldMode is not (GitMode.None or GitMode.Regular);
        var getsEntry = change.NewMode is not (GitMode.None or GitMode.Regular);
        if (getsEntry && change.NewMode != change.OldMode)
        {
            _batch.Set(KeyLayout.Mode(change.Path), Encoding.ASCII.GetBytes(GitMode.Format(change.NewMode)));
        }
        else if (hadEntry && !getsEntry)
        {
            _batch.Remove(KeyLayout.Mode(change.Path));
        }
    }

    private async ValueTask AddContentAsync(ulong version, CommitChanges commit, TreeChange change, CancellationToken cancellationToken)
    {
        if (change.IsDeletion)
        {
            _batch.Remove(KeyLayout.File(change.Path));
        }
        else if (change.IsSubmodule)
        {
            _batch.Set(KeyLayout.File(change.Path), Encoding.ASCII.GetBytes(change.NewId));
        }
        else if (change.NeedsBlob)
        {
            var size = await blobs.ReadSizeAsync(change.NewId, cancellationToken);
            if (size > options.MaxFileBytes)
            {
                var problem = string.Create(CultureInfo.InvariantCulture, $"the file has {size} bytes");
                throw TooLarge(version, commit, change, problem, options.MaxFileBytes, "file");
            }

            if (_content.Length < size)
            {
                _content = GC.AllocateUninitializedArray<byte>((int)size);
            }

            var content = _content.AsMemory(0, (int)size);
            await blobs.ReadContentAsync(content, cancellationToken);
            _batch.Set(KeyLayout.File(change.Path), content.Span);
            Bytes += size;
            _bytesSinceCheck += size;
        }
    }

    /// <summary>Waits for the disk when too much waits for it, so that memory stays bounded however fast git is.</summary>
    private async ValueTask PaceAsync(ulong version, CancellationToken cancellationToken)
    {
        if (_bytesSinceCheck < options.MaxUnflushedBytes / 8)
        {
            return;
        }

        _bytesSinceCheck = 0;
        if (store.GetStatistics().UnflushedBytes > options.MaxUnflushedBytes)
        {
            await store.WaitForDurableAsync(version, cancellationToken);
        }
    }

    private static ToolException TooLarge(ulong version, CommitChanges commit, TreeChange change, string found, int limit, string what)
        => new(ExitCode.Store, string.Create(
            CultureInfo.InvariantCulture,
            $"Commit {commit.Commit.Id} (version {version}) cannot be stored: {found}, the limit for one {what} is {limit}: {PathText.Quote(change.Path)}"));
}
