using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>What frames in an order that nobody wrote, and marks ahead of what can be read, say of a log (F3, D3).</summary>
public sealed class LogScannerTests
{
    private readonly SegmentImage _image = new(1);

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
    [InlineData("1> <2>", 0)]
    [InlineData("<1> <1>", 1)]
    [InlineData("<2> <1>", 1)]
    [InlineData("<1> 2>", 1)]
    [InlineData("<1 2>", 0)]
    [InlineData("<1 2", 0)]
    [InlineData("<1 <2>", 0)]
    [InlineData("<1 <1>", 0)]
    public void F3_FramesInAnOrderInWhichNobodyWritesAreDamage(string frames, int wholeBefore)
    {
        _image.Put(frames);
        var content = new LogScanner(0, null, 0).Scan([_image.ToSegment()]);
        content.Damage.Should().Contain("an order in which they were not written");
        content.Commits.Should().Be(wholeBefore);
    }

    [Theory]
    [InlineData("<1> <2> <3>", 3, 3)]
    [InlineData("<1 1 1> <2>", 2, 2)]
    [InlineData("0 0> <1>", 1, 1)]
    [InlineData("<1> <2 2", 1, 1)]
    [InlineData("<2> <5>", 2, 5)]
    public void D3_WholeCommitsCountAndWhatBeganBeforeTheSegmentDoesNot(string frames, int commits, int last)
    {
        _image.Put(frames);
        var content = new LogScanner(0, null, 0).Scan([_image.ToSegment()]);
        content.Damage.Should().BeNull();
        (content.Commits, content.End.Sequence).Should().Be(((long)commits, (ulong)last));
        content.CutBytes.Should().Be(frames.EndsWith("2 2", StringComparison.Ordinal) ? _image.Content.Length - content.End.Offset : 0);
    }

    [Fact]
    public void D3_ALogThatPassesOverWhereTheTierEndsIsOfAnotherHistory()
    {
        _image.Put("<4> <6>");
        FluentActions.Invoking(() => new LogScanner(5, 5, 0).Scan([_image.ToSegment()])).Should().Throw<CommitLogException>()
            .WithMessage("*publication 5 and version 5*used without its log*").Which.Failure.Should().Be(TierFailure.Fatal);
        new LogScanner(5, null, 0).Scan([_image.ToSegment()]).End.Sequence.Should().Be(6, "nobody can tell");
        new LogScanner(6, 6, 0).Scan([_image.ToSegment()]).End.Sequence.Should().Be(6);
        FluentActions.Invoking(() => new LogScanner(6, 5, 0).Scan([_image.ToSegment()])).Should().Throw<CommitLogException>("the highest version is another one");
        new LogScanner(7, 5, 0).Scan([_image.ToSegment()]).End.Sequence.Should().Be(6, "the tier is ahead");
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
        _image.Put("<5>");
        _image.Put("<6>", synced: 4);
        _image.Content[LogFormat.FirstFrame] ^= 1;
        var content = new LogScanner(durable, null, mark).Scan([_image.ToSegment()]);
        content.CutBytes.Should().Be(_image.Content.Length - LogFormat.FirstFrame);
        var damage = content.Damage;
        (damage is not null).Should().Be(isDamage);
        (damage ?? "none").Should().Match(isDamage ? $"*publication 0 only*up to publication {Math.Max(4, mark)};*segment 1 cannot be read behind byte {LogFormat.FirstFrame}*" : "none");
    }

    [Theory]
    [InlineData("<1>", 7UL, 7UL)]
    [InlineData("<1> <2>", 7UL, 7UL)]
    [InlineData("<1> <2>", 2UL, 2UL)]
    public void A5_TheHighestVersionNeedNotBeTheLast(string frames, ulong version, ulong highest)
    {
        _image.Put(frames, version: version);
        _image.Put("<8>", version: 1);
        new LogScanner(0, null, 0).Scan([_image.ToSegment()]).End.Highest.Should().Be((CommitVersion)highest);
    }

    [Fact]
    public void D3_ALogThatCannotBeReadAnyMoreAsFarAsItWasScannedLeavesTheOutcomeOpen()
    {
        _image.Put("<1>");
        var found = new LogScanner(0, null, 0).Scan([_image.ToSegment()]);
        var content = found with { End = found.End with { Sequence = 2 } };
        FluentActions.Invoking(() => LogReader.Read(content, 0).Count()).Should().Throw<CommitLogException>().Which.Failure.Should().Be(TierFailure.InDoubt);
        LogReader.Read(content, 2).Should().BeEmpty();
    }
}
