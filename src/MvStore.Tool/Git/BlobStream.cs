using System.Globalization;
using System.Text;

namespace MvStore.Tool.Git;

/// <summary>
/// Contents of blobs from one <c>git cat-file --batch</c>. Requests and answers are two independent sides, each used by one task: whoever
/// asks far ahead must let the other side read, or git stops on a full pipe.
/// </summary>
internal sealed class BlobStream : IAsyncDisposable
{
    private readonly GitProcess _git;
    private readonly ByteReader _answers;

    public BlobStream(GitRepository repository)
    {
        _git = repository.Start("cat-file", "--batch");
        _answers = new ByteReader(_git.Output);
    }

    /// <summary>Asks for blobs; the answers come in the same order.</summary>
    public async Task RequestAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var lines = new StringBuilder();
        foreach (var id in ids)
        {
            lines.Append(id).Append('\n');
        }

        try
        {
            await _git.Input.WriteAsync(Encoding.ASCII.GetBytes(lines.ToString()), cancellationToken);
            await _git.Input.FlushAsync(cancellationToken);
        }
        catch (IOException e)
        {
            await _git.CompleteAsync(cancellationToken);
            throw new GitException("git cat-file ended early.", e);
        }
    }

    /// <summary>The size of the next blob. Its content must be read next.</summary>
    /// <param name="id">The blob that was asked for.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="GitException">The repository does not have it.</exception>
    public async ValueTask<long> ReadSizeAsync(string id, CancellationToken cancellationToken)
    {
        var line = await _answers.ReadUntilAsync((byte)'\n', cancellationToken);
        if (line is null)
        {
            await _git.CompleteAsync(cancellationToken);
            throw new GitException("git cat-file ended early.");
        }

        // "<id> blob <size>", or "<id> missing"
        var fields = Encoding.ASCII.GetString(line.Value.Span).Split(' ');
        return fields is [var answered, "blob", var size] && answered == id
            ? long.Parse(size, NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new GitException($"The repository lacks the blob {id}; it is damaged or a partial clone.");
    }

    /// <summary>The content of the blob whose size was read last.</summary>
    public async ValueTask ReadContentAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        await _answers.ReadExactlyAsync(destination, cancellationToken);
        var newline = new byte[1];
        await _answers.ReadExactlyAsync(newline, cancellationToken);
    }

    /// <summary>Ends git.</summary>
    public ValueTask DisposeAsync() => _git.DisposeAsync();
}
