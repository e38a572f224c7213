using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>What frames in an order that nobody wrote, and marks ahead of what can be read, say of a log (F3, D3).</summary>
public sealed class LogScannerTests
{
    private const string Name = "00000001.mvlog";
    private const ulong Salt = 77;
    private const int SegmentBytes = 16 * 1024;

    private readonly byte[] _content = new byte[SegmentBytes];
    private readonly SegmentHeader _header = new(1, 0, 0, 0, SegmentBytes, Store: 7, Salt, Base: 0, CommitVersion.Zero, Log: 9);
    private long _at = LogFormat.FirstFrame;
    private uint _chain;

    public LogScannerTests() => _chain = _header.FirstChain;

    [Fact]
    public void D3_WithoutASegmentThereIsWhatTheTierHas()
    {
        var content = new LogScanner(4, 9, 4).Scan([]);
        content.Damage.Should().BeNull();
        (content.End.Sequence, content.End.Highest).Should().Be((4UL, (CommitVersion)9));
        new LogScanner(4, null, 0).Scan([]).End.Highest.Should().Be(CommitVersion.Zero);
    }

    [Fact]
    public void F3_AMarkAheadOfEverythingThereIsTellsOfALoss() => new LogScanner(4, 9, 5).Scan([]).Damage.Should().Contain("publication 5");

    [Theory]
    [InlineData("1> <2>")]
    [InlineData("<1> <1>")]
    [InlineData("<2> <1>")]
    [InlineData("<1> 2>")]
    [InlineData("<1 2>")]
    [InlineData("<1 2")]
    [InlineData("<1 <2>")]
    [InlineData("<1 <1>")]
    public void F3_FramesInAnOrderInWhichNobodyWritesAreDamage(string frames)
    {
        Put(frames);
        new LogScanner(0, null, 0).Scan([Segment()]).Damage.Should().Contain("an order in which they were not written");
    }

    [Theory]
    [InlineData("<1> <2> <3>", 3, 3)]
    [InlineData("<1 1 1> <2>", 2, 2)]
    [InlineData("0 0> <1>", 1, 1)]
    [InlineData("<1> <2 2", 1, 1)]
    [InlineData("<2> <5>", 2, 5)]
    public void D3_WholeCommitsCountAndWhatBeganBeforeTheSegmentDoesNot(string frames, int commits, int last)
    {
        Put(frames);
        var content = new LogScanner(0, null, 0).Scan([Segment()]);
        content.Damage.Should().BeNull();
        (content.Commits, content.End.Sequence).Should().Be(((long)commits, (ulong)last));
        (content.CutBytes > 0).Should().Be(frames.EndsWith("2 2", StringComparison.Ordinal));
    }

    [Fact]
    public void D3_ALogThatPassesOverWhereTheTierEndsIsOfAnotherHistory()
    {
        Put("<4> <6>");
        FluentActions.Invoking(() => new LogScanner(5, 5, 0).Scan([Segment()])).Should().Throw<CommitLogException>().Which.Failure.Should().Be(TierFailure.Fatal);
        new LogScanner(5, null, 0).Scan([Segment()]).End.Sequence.Should().Be(6, "nobody can tell");
        new LogScanner(6, 6, 0).Scan([Segment()]).End.Sequence.Should().Be(6);
        FluentActions.Invoking(() => new LogScanner(6, 5, 0).Scan([Segment()])).Should().Throw<CommitLogException>("the highest version is another one");
        new LogScanner(7, 5, 0).Scan([Segment()]).End.Sequence.Should().Be(6, "the tier is ahead");
    }

    [Theory]
    [InlineData(0UL, 0UL, true)]
    [InlineData(4UL, 0UL, true)]
    [InlineData(5UL, 0UL, true)]
    [InlineData(6UL, 0UL, false)]
    [InlineData(6UL, 7UL, true)]
    [InlineData(6UL, 6UL, false)]
    public void F3_WhatATraceCallsSyncedMustBeThereUnlessTheTierHasIt(ulong durable, ulong mark, bool isDamage)
    {
        // The first cannot be read; the one behind it says that publication 4 was on disk before it.
        Put("<5>");
        Put("<6>", synced: 4);
        _content[LogFormat.FirstFrame] ^= 1;
        (new LogScanner(durable, null, mark).Scan([Segment()]).Damage is not null).Should().Be(isDamage);
    }

    [Fact]
    public void D3_ALogThatCannotBeReadAnyMoreAsFarAsItWasScannedLeavesTheOutcomeOpen()
    {
        Put("<1>");
        var found = new LogScanner(0, null, 0).Scan([Segment()]);
        var content = found with { End = found.End with { Sequence = 2 } };
        FluentActions.Invoking(() => LogReader.Read(content, 0).Count()).Should().Throw<CommitLogException>().Which.Failure.Should().Be(TierFailure.InDoubt);
        LogReader.Read(content, 2).Should().BeEmpty();
    }

    // "<" and ">": a commit begins, or ends, with the frame of this sequence. The version is the sequence.
    private void Put(string frames, ulong synced = 0)
    {
        foreach (var frame in frames.Split(' '))
        {
            var sequence = ulong.Parse(frame.Trim('<', '>'), System.Globalization.CultureInfo.InvariantCulture);
            byte[] payload = [.. new byte[8], 16, 0, 0, 0, 0, 0, 0, 0]; // a commit without rows
            var header = new FrameHeader(_chain, LogFormat.Checksum(payload), payload.Length, frame.StartsWith('<'), frame.EndsWith('>'), sequence, sequence, synced);
            _chain = header.Write(_content.AsSpan((int)_at), Salt);
            payload.CopyTo(_content, _at + FrameHeader.Bytes);
            _at += LogFormat.FrameBytes(payload.Length);
        }
    }

    private LogSegment Segment()
        => new(Name, new SimulatedFile(new SimulatedDisk(new Dictionary<string, byte[]> { [Name] = _content }), Name), _header);
}
