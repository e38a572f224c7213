using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>A log that is looked at without its store: nothing there, a part of it, or what cannot be read (F3, F5).</summary>
public sealed class LogExaminationTests
{
    private const string FirstName = "00000001.mvlog";

    [Fact]
    public void F3_WhereThereIsNothingNothingIsMissing()
    {
        using var nothing = LogExamination.Open(new SimulatedDisk().Open());
        (nothing.Mark, nothing.Content.Live.Count, nothing.Content.Commits).Should().Be((0UL, 0, 0L));
        nothing.Content.Damage.Should().BeNull();

        using var run = Run();
        using var markAlone = LogExamination.Open(new SimulatedDisk(new Dictionary<string, byte[]> { [LogFormat.MarkName] = run.Disk.Content[LogFormat.MarkName] }).Open());
        (markAlone.Mark, markAlone.Content.Live.Count).Should().Be((0UL, 0), "without a segment nobody knows whose it is");
    }

    [Fact]
    public void F3_WithoutTheMarkWhatIsThereIsRead()
    {
        using var run = Run();
        using var whole = LogExamination.Open(run.Disk.Open());
        (whole.Mark, whole.Content.Commits).Should().Be((2UL, 2L));
        var content = run.Disk.Content;
        content.Remove(LogFormat.MarkName);
        using var without = LogExamination.Open(new SimulatedDisk(content).Open());
        (without.Mark, without.Content.Commits).Should().Be((0UL, 2L));
    }

    [Fact]
    public void F5_ANewerFormatIsRefusedAndTheDirectoryGivenBack()
    {
        using var run = Run();
        var content = run.Disk.Content;
        content[FirstName][8] = 99;
        var directory = new WatchedDirectory(new SimulatedDisk(content));
        FluentActions.Invoking(() => LogExamination.Open(directory)).Should().Throw<StoreFormatException>();
        directory.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public void F3_AMarkThatCannotBeReadIsToldAndTheDirectoryGivenBack()
    {
        using var run = Run();
        var directory = new WatchedDirectory(run.Disk) { Unreadable = LogFormat.MarkName };
        FluentActions.Invoking(() => LogExamination.Open(directory)).Should().Throw<CommitLogException>();
        directory.IsDisposed.Should().BeTrue();
    }

    private static LogHarness Run()
    {
        var run = new LogHarness(new SimulatedDisk());
        run.Publish(values: 1, valueBytes: 100);
        run.Publish(values: 1, valueBytes: 100);
        run.Acknowledge();
        return run;
    }

    private sealed class WatchedDirectory(SimulatedDisk disk) : LogDirectory
    {
        public string? Unreadable { get; init; }

        public bool IsDisposed { get; private set; }

        public override string Name => "watched";

        public override IReadOnlyList<string> List() => disk.Names;

        public override LogFile Open(string name) => name == Unreadable ? throw new CommitLogException(TierFailure.InDoubt, "It cannot be read.") : new SimulatedFile(disk, name);

        public override LogFile Create(string name, long length) => throw new NotSupportedException();

        public override void Sync() => throw new NotSupportedException();

        public override void Delete(string name) => throw new NotSupportedException();

        protected override void Dispose(bool disposing) => IsDisposed = true;
    }
}
