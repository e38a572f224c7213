using System.Buffers.Binary;

namespace MvStore.Logging;

/// <summary>
/// What frames say that lie behind the first one that cannot be read. A power failure leaves such frames: parts of what was written and not synced. But what
/// one of them calls synced was on disk before, so if the log ends before that, it was damaged.
/// </summary>
/// <param name="Synced">The last publication that one of them calls synced; 0 when there is none.</param>
/// <param name="Last">The last publication that one of them belongs to; 0 when there is none.</param>
internal readonly record struct FrameTraces(ulong Synced, ulong Last)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Looks for frames of the present use of a segment.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="from">Where to begin.</param>
    public static FrameTraces Find(LogSegment segment, long from)
    {
        var chunk = new byte[Math.Min(ChunkBytes, segment.Header.Length) + FrameHeader.Bytes];
        ulong synced = 0;
        ulong last = 0;
        for (var at = from; at < segment.Header.Length; at += ChunkBytes)
        {
            var read = segment.File.Read(chunk, at);
            for (var i = 0; i < ChunkBytes && i + FrameHeader.Bytes <= read; i += LogFormat.FrameAlignment)
            {
                if (BinaryPrimitives.ReadUInt32LittleEndian(chunk.AsSpan(i)) == FrameHeader.Magic
                    && FrameHeader.TryRead(chunk.AsSpan(i), segment.Header.Salt, out var frame, out _))
                {
                    synced = Math.Max(synced, frame.Synced);
                    last = Math.Max(last, frame.Sequence);
                }
            }
        }

        return new FrameTraces(synced, last);
    }
}
