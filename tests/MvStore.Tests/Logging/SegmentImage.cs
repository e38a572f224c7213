using System.Globalization;
using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>The file of a segment, written frame by frame.</summary>
internal sealed class SegmentImage(SegmentHeader header)
{
    private readonly string _name = header.Number.ToString("D8", CultureInfo.InvariantCulture) + LogFormat.SegmentSuffix;

    /// <summary>A segment whose head says nothing but what is given; the salt is of the number.</summary>
    public SegmentImage(ulong number, SegmentImage? before = null, ulong baseSequence = 0, ulong highest = 0)
        : this(new SegmentHeader(
            number, before?.Header.Number ?? 0, before?.End ?? 0, before?.Chain ?? 0, Length: 16 * 1_024, Store: 7, Salt: 77 + number, baseSequence, highest, Log: 9))
    {
    }

    public SegmentHeader Header { get; } = header;

    public byte[] Content { get; } = new byte[header.Length];

    /// <summary>Behind the last frame.</summary>
    public long End { get; private set; } = LogFormat.FirstFrame;

    /// <summary>The checksum of the last frame.</summary>
    public uint Chain { get; private set; } = header.FirstChain;

    /// <summary>Appends frames of commits without rows.</summary>
    /// <param name="frames">The sequence of each; "&lt;" and "&gt;": its commit begins, or ends, with it.</param>
    /// <param name="synced">What each of them calls synced.</param>
    /// <param name="version">The version; otherwise it is the sequence.</param>
    public void Put(string frames, ulong synced = 0, ulong? version = null)
    {
        foreach (var frame in frames.Split(' '))
        {
            var sequence = ulong.Parse(frame.Trim('<', '>'), CultureInfo.InvariantCulture);
            byte[] payload = [.. new byte[8], 16, 0, 0, 0, 0, 0, 0, 0];
            var head = new FrameHeader(Chain, LogFormat.Checksum(payload), payload.Length, frame.StartsWith('<'), frame.EndsWith('>'), sequence, version ?? sequence, synced);
            Chain = head.Write(Content.AsSpan((int)End), Header.Salt);
            payload.CopyTo(Content, End + FrameHeader.Bytes);
            End += LogFormat.FrameBytes(payload.Length);
        }
    }

    /// <summary>The segment as a log has it.</summary>
    public LogSegment ToSegment() => new(_name, new SimulatedFile(new SimulatedDisk(new Dictionary<string, byte[]> { [_name] = Content }), _name), Header);
}
