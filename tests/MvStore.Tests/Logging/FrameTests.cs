using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>What is a frame and what is not, at the edges: lengths, ends, links, and every byte of a head (F3).</summary>
public sealed class FrameTests
{
    private const string Name = "00000001.mvlog";
    private const ulong Salt = 0x0102_0304_0506_0708;
    private const int SegmentBytes = LogFormat.FirstFrame + (4 * LogFormat.MaxPayload);

    private static readonly SegmentHeader Header = new(1, 0, 0, 0, SegmentBytes, Store: 7, Salt, Base: 0, CommitVersion.Zero, Log: 9);

    private readonly byte[] _content = new byte[SegmentBytes];

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(LogFormat.MaxPayload, true)]
    [InlineData(LogFormat.MaxPayload + 1, false)]
    public void F3_APayloadHasAMostLength(int length, bool isRead)
    {
        var end = Put(LogFormat.FirstFrame, Header.FirstChain, new byte[length], out var checksum);
        var reader = Reader(SegmentBytes);
        reader.TryRead().Should().Be(isRead);
        reader.Offset.Should().Be(isRead ? end : LogFormat.FirstFrame);
        reader.Chain.Should().Be(isRead ? checksum : Header.FirstChain);
        (isRead ? reader.Payload.Length : 0).Should().Be(isRead ? length : 0);
    }

    [Fact]
    public void F3_ANegativeLengthIsNoFrame()
    {
        new FrameHeader(Header.FirstChain, LogFormat.Checksum([]), -1, IsFirst: true, IsLast: true, 1, 1, 0).Write(_content.AsSpan(LogFormat.FirstFrame), Salt);
        Reader(SegmentBytes).TryRead().Should().BeFalse();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    [InlineData(-8, false)]
    public void F3_AFrameEndsWithinWhatCounts(int beyond, bool isRead)
    {
        var end = Put(LogFormat.FirstFrame, Header.FirstChain, new byte[100], out _);
        Reader(end + beyond).TryRead().Should().Be(isRead);
        Reader(LogFormat.FirstFrame + FrameHeader.Bytes - 1).TryRead().Should().BeFalse("not even its head is whole");
    }

    [Fact]
    public void F3_AFrameFollowsTheOneItNames()
    {
        var end = Put(LogFormat.FirstFrame, Header.FirstChain, [1], out var checksum);
        Put(end, checksum, [2], out _);
        var reader = Reader(SegmentBytes);
        (reader.TryRead(), reader.TryRead(), reader.TryRead()).Should().Be((true, true, false));
        reader.Payload.ToArray().Should().Equal(2);

        Put(end, checksum + 1, [2], out _);
        reader = Reader(SegmentBytes);
        (reader.TryRead(), reader.TryRead()).Should().Be((true, false));
        reader.Payload.ToArray().Should().Equal(1);
    }

    /// <summary>A reader holds a mebibyte at a time: frames that cross its end, end with it, and lie behind it.</summary>
    [Theory]
    [InlineData(LogFormat.MaxPayload, 10)]
    [InlineData(LogFormat.MaxPayload - FrameHeader.Bytes, 10)]
    [InlineData(70_001, 40)]
    public void F3_FramesOfALongSegmentAreReadToTheLast(int length, int count)
    {
        var content = new byte[LogFormat.FirstFrame + (count * LogFormat.FrameBytes(length))];
        var (at, chain) = ((long)LogFormat.FirstFrame, Header.FirstChain);
        for (var i = 0; i < count; i++)
        {
            at = Put(content, at, chain, [.. Enumerable.Repeat((byte)(i + 1), length)], out chain, sequence: (ulong)i + 1);
        }

        var reader = new FrameReader(Segment(content), content.Length);
        for (var i = 0; i < count; i++)
        {
            reader.TryRead().Should().BeTrue("frame {0} is there", i);
            reader.Frame.Sequence.Should().Be((ulong)i + 1);
            (reader.Payload.Span[0], reader.Payload.Span[^1], reader.Payload.Length).Should().Be(((byte)(i + 1), (byte)(i + 1), length));
        }

        reader.TryRead().Should().BeFalse();
        (reader.Offset, reader.Chain).Should().Be(((long)content.Length, chain));
    }

    [Fact]
    public void F3_AFrameWhoseFileEndsInsideItIsNone()
    {
        var second = Put(LogFormat.FirstFrame, Header.FirstChain, [1, 2, 3], out var checksum);
        var end = Put(second, checksum, new byte[100], out _); // zeros, as memory that nothing was read into
        var reader = new FrameReader(Segment() with { File = Segment(_content[..((int)end - 50)]).File }, SegmentBytes);
        (reader.TryRead(), reader.TryRead()).Should().Be((true, false));
        reader.Offset.Should().Be(second);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(LogFormat.FirstFrame - 8)]
    [InlineData(LogFormat.FirstFrame)]
    public void F3_WhereNothingCountsThereIsNoFrame(int end)
    {
        Put(LogFormat.FirstFrame, Header.FirstChain, [1], out _);
        Reader(end).TryRead().Should().BeFalse();
    }

    [Fact]
    public void F3_NoByteOfAFrameCanBeAnother()
    {
        var end = Put(LogFormat.FirstFrame, Header.FirstChain, [1, 2, 3], out _);
        for (var at = LogFormat.FirstFrame; at < end; at++)
        {
            _content[at] ^= 1;
            Reader(SegmentBytes).TryRead().Should().Be(at >= LogFormat.FirstFrame + FrameHeader.Bytes + 3, "byte {0} was changed, and only what pads it says nothing", at - LogFormat.FirstFrame);
            _content[at] ^= 1;
        }
    }

    [Fact]
    public void F3_AHeadSaysWhatWasWritten()
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.Bytes];
        foreach (var (isFirst, isLast) in ((bool, bool)[])[(false, false), (true, false), (false, true), (true, true)])
        {
            var written = new FrameHeader(0x8000_0001, 0xFFFF_FFFE, 77, isFirst, isLast, ulong.MaxValue - 1, CommitVersion.Max, ulong.MaxValue - 2);
            var checksum = written.Write(bytes, Salt);
            FrameHeader.TryRead(bytes, Salt, out var read, out var found).Should().BeTrue();
            (read, found).Should().Be((written, checksum));
            FrameHeader.TryRead(bytes, Salt + 1, out _, out _).Should().BeFalse("it is of another use of the file");
        }
    }

    [Fact]
    public void F3_TracesBehindAHoleAreFound()
    {
        var first = Put(LogFormat.FirstFrame, Header.FirstChain, [1], out var checksum, sequence: 5);
        Put(first, checksum, [2], out _, sequence: 6, synced: 4);
        _content[LogFormat.FirstFrame] ^= 1;
        FrameTraces.Find(Segment(), LogFormat.FirstFrame).Should().Be(new FrameTraces(4, 6));
        FrameTraces.Find(Segment(), first + 8).Should().Be(default(FrameTraces));

        Put(SegmentBytes - FrameHeader.Bytes, 0, [], out _, sequence: 9, synced: 8);
        FrameTraces.Find(Segment(), LogFormat.FirstFrame).Should().Be(new FrameTraces(8, 9), "the last place counts, too");
    }

    private long Put(long at, uint previous, byte[] payload, out uint checksum, ulong sequence = 1, ulong synced = 0)
        => Put(_content, at, previous, payload, out checksum, sequence, synced);

    private static long Put(byte[] content, long at, uint previous, byte[] payload, out uint checksum, ulong sequence, ulong synced = 0)
    {
        var header = new FrameHeader(previous, LogFormat.Checksum(payload), payload.Length, IsFirst: true, IsLast: true, sequence, sequence, synced);
        checksum = header.Write(content.AsSpan((int)at), Salt);
        payload.CopyTo(content, at + FrameHeader.Bytes);
        return at + LogFormat.FrameBytes(payload.Length);
    }

    private FrameReader Reader(long end) => new(Segment(), end);

    private LogSegment Segment() => Segment(_content);

    private static LogSegment Segment(byte[] content)
        => new(Name, new SimulatedFile(new SimulatedDisk(new Dictionary<string, byte[]> { [Name] = content }), Name), Header with { Length = content.Length });
}
