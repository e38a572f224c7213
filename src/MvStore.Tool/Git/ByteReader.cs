namespace MvStore.Tool.Git;

/// <summary>Reads delimited tokens and counted blocks from a stream of bytes. One reader at a time.</summary>
internal sealed class ByteReader(Stream stream)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>The bytes up to a delimiter, without it.</summary>
    /// <param name="delimiter">What ends the token.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The token, valid until the next call; null at the end of the stream.</returns>
    /// <exception cref="GitException">The stream ends inside a token.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadUntilAsync(byte delimiter, CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf(delimiter);
            if (found >= 0)
            {
                var token = _buffer.AsMemory(_start, searched + found);
                _start += token.Length + 1;
                return token;
            }

            searched = _end - _start;
            if (!await FillAsync(cancellationToken))
            {
                return searched == 0 ? null : throw new GitException("Git's answer ended in the middle of an entry.");
            }
        }
    }

    /// <summary>Fills a block completely.</summary>
    /// <param name="destination">The block.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="GitException">The stream ends before.</exception>
    public async ValueTask ReadExactlyAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        var buffered = Math.Min(destination.Length, _end - _start);
        _buffer.AsMemory(_start, buffered).CopyTo(destination);
        _start += buffered;
        try
        {
            await stream.ReadExactlyAsync(destination[buffered..], cancellationToken);
        }
        catch (EndOfStreamException e)
        {
            throw new GitException("Git's answer ended in the middle of an object.", e);
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }
}
