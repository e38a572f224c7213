using MvStore.Contracts;

namespace MvStore.Logging;

/// <summary>Numbers of the log's format, version 1 (DESIGN.md 9). Everything is little-endian.</summary>
internal static class LogFormat
{
    /// <summary>The format's version.</summary>
    public const uint Version = 1;

    /// <summary>What a disk writes whole or not at all.</summary>
    public const int SectorBytes = 512;

    /// <summary>Where the frames of a segment begin.</summary>
    public const int FirstFrame = 4_096;

    /// <summary>The length of the first segment of a log, unless all are to be shorter.</summary>
    public const int ShortestSegment = 4 << 20;

    /// <summary>Frames begin at multiples of this.</summary>
    public const int FrameAlignment = 8;

    /// <summary>The most bytes of a commit that one frame holds; a larger commit takes several.</summary>
    public const int MaxPayload = 256 * 1_024;

    /// <summary>What the names of segments end with.</summary>
    public const string SegmentSuffix = ".mvlog";

    /// <summary>The name of the file that holds the mark.</summary>
    public const string MarkName = "mark";

    /// <summary>CRC-32C over bytes.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes) => ~Crc32C.Append(uint.MaxValue, bytes);

    /// <summary>The bytes a frame takes.</summary>
    public static int FrameBytes(int payload) => (FrameHeader.Bytes + payload + FrameAlignment - 1) & ~(FrameAlignment - 1);
}
