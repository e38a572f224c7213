using MvStore.Tool.Git;

namespace MvStore.Tool.Verifying;

/// <summary>
/// Compares values with git's blobs. Each value is named as git names content, and the name compared with the tree's: that needs no
/// content from git. The first value of each name is compared byte for byte with the blob as well, which also proves the naming.
/// </summary>
internal sealed class BlobComparer(GitRepository repository) : IAsyncDisposable
{
    private readonly BlobHasher _hasher = new(repository.ObjectFormat);
    private readonly BlobStream _blobs = new(repository);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private byte[] _content = [];

    /// <summary>Distinct blobs compared byte for byte.</summary>
    public int Compared => _seen.Count;

    /// <summary>Whether a value is the content of a blob.</summary>
    public async ValueTask<bool> EqualsAsync(ReadOnlyMemory<byte> value, string id, CancellationToken cancellationToken)
    {
        if (_hasher.Name(value.Span) != id)
        {
            return false;
        }

        return !_seen.Add(id) || await EqualsBytesAsync(value, id, cancellationToken);
    }

    /// <summary>Ends git.</summary>
    public ValueTask DisposeAsync()
    {
        _hasher.Dispose();
        return _blobs.DisposeAsync();
    }

    private async ValueTask<bool> EqualsBytesAsync(ReadOnlyMemory<byte> value, string id, CancellationToken cancellationToken)
    {
        await _blobs.RequestAsync([id], cancellationToken);
        var size = await _blobs.ReadSizeAsync(id, cancellationToken);
        if (_content.Length < size)
        {
            _content = GC.AllocateUninitializedArray<byte>(checked((int)size));
        }

        var content = _content.AsMemory(0, (int)size);
        await _blobs.ReadContentAsync(content, cancellationToken);
        return content.Span.SequenceEqual(value.Span);
    }
}
