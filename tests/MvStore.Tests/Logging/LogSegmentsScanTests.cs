using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>Which segments of a log count, and what joins them (D3, F3).</summary>
public sealed class LogSegmentsScanTests
{
    [Fact]
    public void D3_SegmentsAreReadInTheirOrderWhateverTheOrderOfFiles()
    {
        var segments = Three();
        foreach (var order in new int[][] { [0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1] })
        {
            var content = new LogScanner(0, 0, 0).Scan([.. order.Select(i => segments[i].ToSegment())]);
            content.Damage.Should().BeNull();
            content.Live.Select(s => s.Header.Number).Should().Equal(4, 6, 9);
            (content.Commits, content.CutBytes).Should().Be((4L, 0L));
            content.End.Should().Be(new LogPosition(9, segments[2].End, segments[2].Chain, 4, 4));
        }
    }

    [Theory]
    [InlineData(0UL, 3)]
    [InlineData(1UL, 3)]
    [InlineData(2UL, 2)]
    [InlineData(3UL, 1)]
    [InlineData(4UL, 1)]
    [InlineData(9UL, 1)]
    public void D3_NothingIsReadThatTheTierHasAsAWhole(ulong durable, int live)
    {
        var content = new LogScanner(durable, durable, 0).Scan([.. Three().Select(s => s.ToSegment())]);
        content.Live.Should().HaveCount(live);
        content.Live[^1].Header.Number.Should().Be(9);
        (content.End.Sequence, content.End.Segment).Should().Be((4UL, 9UL));
    }

    [Fact]
    public void F3_ALogThatBeginsBehindTheTierHasAHole()
    {
        var segments = Three();
        foreach (var there in (SegmentImage[][])[segments[2..], segments[1..], [segments[0], segments[2]]])
        {
            var content = new LogScanner(1, 1, mark: 99).Scan([.. there.Select(s => s.ToSegment())]);
            content.Damage.Should().Match($"*tier has the publications up to 1,*begins behind publication {(there.Length == 2 && there[0] == segments[1] ? 2 : 3)}*");
            (content.Live.Count, content.End.Sequence, content.Commits).Should().Be((0, 1UL, 0L));
        }
    }

    [Fact]
    public void D3_AnEmptySegmentIsWhereTheLogGoesOn()
    {
        var first = new SegmentImage(1);
        first.Put("<1>");
        var second = new SegmentImage(2, first, baseSequence: 1, highest: 1);
        var content = new LogScanner(0, 0, 1).Scan([first.ToSegment(), second.ToSegment()]);
        content.Damage.Should().BeNull();
        content.End.Should().Be(new LogPosition(2, LogFormat.FirstFrame, second.Header.FirstChain, 1, 1));
        content.CutBytes.Should().Be(0);
    }

    [Fact]
    public void D3_ACommitMayCrossSegments()
    {
        var first = new SegmentImage(1);
        first.Put("<1> <2");
        var second = new SegmentImage(2, first, baseSequence: 1, highest: 1);
        var torn = new LogScanner(0, 0, 0).Scan([first.ToSegment(), second.ToSegment()]);
        (torn.Damage, torn.Commits, torn.End.Segment, torn.End.Sequence).Should().Be(((string?)null, 1L, 1UL, 1UL));
        torn.CutBytes.Should().Be(second.Content.Length - LogFormat.FirstFrame, "the end of the second commit is missing, and what the second segment holds of it is nothing");

        second.Put("2> <3>");
        var whole = new LogScanner(0, 0, 0).Scan([first.ToSegment(), second.ToSegment()]);
        (whole.Damage, whole.Commits, whole.CutBytes).Should().Be(((string?)null, 3L, 0L));
        whole.End.Should().Be(new LogPosition(2, second.End, second.Chain, 3, 3));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void F3_ASegmentThatCannotBeReadAsFarAsTheNextSaysIsDamaged(bool isCutOff)
    {
        var first = new SegmentImage(1);
        first.Put("<1> <2>");
        var last = first.End - LogFormat.FrameBytes(16);
        var second = new SegmentImage(2, first, baseSequence: 2, highest: 2);
        second.Put("<3>");
        if (isCutOff)
        {
            first.Content[last] ^= 1;
        }
        else
        {
            // Whole frames, but others than those that the second segment follows.
            first = new SegmentImage(1);
            first.Put("<1> <2>", synced: 1);
        }

        var content = new LogScanner(0, 0, 0).Scan([first.ToSegment(), second.ToSegment()]);
        content.Damage.Should().Match($"*segment 1 cannot be read behind byte {(isCutOff ? last : first.End)}, and the log went on to byte {first.End}*up to publication {(isCutOff ? 1 : 2)}");
        (content.End.Segment, content.CutBytes).Should().Be((1UL, 0L));
    }

    [Fact]
    public void D3_WhatLiesBehindWhereTheNextSegmentGoesOnDoesNotCount()
    {
        var first = new SegmentImage(1);
        first.Put("<1>");
        var second = new SegmentImage(2, first, baseSequence: 1, highest: 1);
        second.Put("<2>");
        first.Put("<2>"); // torn once, and cut off
        var content = new LogScanner(0, 0, 0).Scan([first.ToSegment(), second.ToSegment()]);
        (content.Damage, content.Commits, content.End.Segment).Should().Be(((string?)null, 2L, 2UL));
    }

    // Publications 1 and 2, then 3, then 4.
    private static SegmentImage[] Three()
    {
        var first = new SegmentImage(4);
        first.Put("<1> <2>");
        var second = new SegmentImage(6, first, baseSequence: 2, highest: 2);
        second.Put("<3>");
        var third = new SegmentImage(9, second, baseSequence: 3, highest: 3);
        third.Put("<4>");
        return [first, second, third];
    }
}
