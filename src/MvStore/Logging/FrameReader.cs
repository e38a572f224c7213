namespace MvStore.Logging;

/// <summary>Reads the frames of a segment one after the other, and stops before the first that is not what was written.</summary>
internal sealed class FrameReader(LogSegment segment, long end)
{
    private const int BufferBytes = 1 << 20;

    private readonly byte[] _buffer = new byte[Math.Min(BufferBytes, segment.Header.Length)];
    private long _bufferStart;
    private int _buffered;

    /// <summary>Where the next frame begins.</summary>
    public long Offset { get; private set; } = LogFormat.FirstFrame;

    /// <summary>The checksum of the frame before it.</summary>
    public uint Chain { get; private set; } = segment.Header.FirstChain;

    /// <summary>The frame that was read.</summary>
    public FrameHeader Frame { get; private set; }

    /// <summary>Its payload; until the next frame is read.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>Reads the next frame.</summary>
    /// <returns>Whether there is one; after that nothing moves any more.</returns>
    public bool TryRead()
    {
        if (Have(FrameHeader.Bytes) is not { IsEmpty: false } head
            || !FrameHeader.TryRead(head.Span, segment.Header.Salt, out var frame, out var checksum)
            || frame.Previous != Chain
            || frame.PayloadLength is < 0 or > LogFormat.MaxPayload)
        {
            return false;
        }

        var whole = Have(LogFormat.FrameBytes(frame.PayloadLength));
        if (whole.IsEmpty)
        {
            return false;
        }

        var payload = whole.Slice(FrameHeader.Bytes, frame.PayloadLength);
        if (LogFormat.Checksum(payload.Span) != frame.PayloadChecksum)
        {
            return false;
        }

        Frame = frame;
        Payload = payload;
        Chain = checksum;
        Offset += whole.Length;
        return true;
    }

    /// <summary>Some bytes from the present place on; empty when there are fewer.</summary>
    private ReadOnlyMemory<byte> Have(int count)
    {
        if (Offset + count > end)
        {
            return default;
        }

        if (Offset < _bufferStart || Offset + count > _bufferStart + _buffered)
        {
            _bufferStart = Offset;
            _buffered = segment.File.Read(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - Offset)), Offset);
        }

        return _buffered - (Offset - _bufferStart) >= count ? _buffer.AsMemory((int)(Offset - _bufferStart), count) : default;
    }
}
