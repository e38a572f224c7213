using System.Buffers.Binary;

namespace MvStore.Tool.Watching;

/// <summary>Reads little-endian values from a stream and knows how far it is: blocks of a trace are aligned by that. Used by one task.</summary>
internal sealed class TraceStream(Stream stream)
{
    private const int MostBytes = 64 * 1024 * 1024;

    private readonly byte[] _small = new byte[sizeof(ulong)];

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>A byte.</summary>
    public async ValueTask<byte> ReadByteAsync(CancellationToken cancellationToken)
    {
        await FillAsync(_small.AsMemory(0, 1), cancellationToken);
        return _small[0];
    }

    /// <summary>A number of four bytes.</summary>
    public async ValueTask<int> ReadInt32Async(CancellationToken cancellationToken)
    {
        await FillAsync(_small.AsMemory(0, sizeof(int)), cancellationToken);
        return BinaryPrimitives.ReadInt32LittleEndian(_small);
    }

    /// <summary>So many bytes, in an array of their own.</summary>
    /// <exception cref="InvalidDataException">So many cannot be.</exception>
    public async ValueTask<byte[]> ReadBytesAsync(int count, CancellationToken cancellationToken)
    {
        if (count is < 0 or > MostBytes)
        {
            throw new InvalidDataException($"A part of {count} bytes cannot be.");
        }

        var bytes = new byte[count];
        await FillAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>Goes on to the next multiple of a number of bytes.</summary>
    public async ValueTask AlignAsync(int to, CancellationToken cancellationToken)
        => await ReadBytesAsync((int)((to - (Position % to)) % to), cancellationToken);

    private async ValueTask FillAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        await stream.ReadExactlyAsync(destination, cancellationToken);
        Position += destination.Length;
    }
}
