using Microsoft.Extensions.Logging.Abstractions;
using MvStore.Conformance;
using MvStore.Logging;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>The log on a real disk: owner, files, and what an examination says.</summary>
public sealed class DiskLogTests : IDisposable
{
    private readonly string _directory = Path.Combine(Directory.CreateTempSubdirectory("mvstore-log-").FullName, "log");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_directory)!, recursive: true);

    [Fact]
    public async Task D3_CommitsAreInTheFilesAndComeBack()
    {
        var storage = new InMemoryTierStorage();
        await using (var store = await OpenAsync(storage))
        {
            await store.CommitAsync(new WriteBatch().Set("a", "1").Remove("b").Drop(Bytes.Of("c")), 10, Durability.Durable).Guarded();
            await store.CommitAsync(new WriteBatch().Set("a", "22"), 5, Durability.Logged).Guarded();

            CommitLogInspection.Read(_directory).Should().Equal(new CommitLogRecord(1, 10, 1, 1, 1, 4), new CommitLogRecord(2, 5, 1, 0, 0, 3));
            CommitLogInspection.GetFormat(_directory).Should().Be(1);
            var report = CommitLogInspection.Verify(_directory);
            report.IsSound.Should().BeTrue();
            report.Should().Match<CommitLogReport>(r => r.Commits == 2 && r.LastSequence == 2 && r.SyncedSequence == 1 && r.BaseSequence == 0 && r.TornBytes == 0);
            report.HighestVersion.Should().Be((CommitVersion)10);
            report.Segments.Should().ContainSingle().Which.Should().Be(new CommitLogSegment("00000001.mvlog", 1, 0, 1 << 20));

            // As the process would leave it.
            foreach (var file in Directory.GetFiles(_directory).Where(f => Path.GetFileName(f) != "lock"))
            {
                Directory.CreateDirectory(_directory + "-copy");
                File.Copy(file, Path.Combine(_directory + "-copy", Path.GetFileName(file)));
            }
        }

        await using var again = await OpenAsync(new InMemoryTierStorage { Identity = storage.Identity }, _directory + "-copy");
        (await again.HistoryAllAsync()).Should().Equal("a=1@10", "a=22@5", "b=-@10");
    }

    [Fact]
    public async Task D3_TheLogIsEmptyAfterClosingAndGoesOn()
    {
        var storage = new InMemoryTierStorage();
        for (ulong version = 1; version <= 5; version++)
        {
            await using var store = await OpenAsync(storage);
            await store.CommitAsync(new WriteBatch().Set("a", "1"), version, Durability.Durable).Guarded();
            store.GetStatistics().PublishedSequence.Should().Be(version);
        }

        CommitLogInspection.Verify(_directory).IsSound.Should().BeTrue();
        Directory.GetFiles(_directory, "*.mvlog").Length.Should().BeLessThanOrEqualTo(2, "files are used again");
    }

    [Fact]
    public async Task F4_ALogHasOneOwner()
    {
        await using var store = await OpenAsync(new InMemoryTierStorage());

        await Assert.ThrowsAsync<StoreInUseException>(() => OpenAsync(new InMemoryTierStorage()));
    }

    [Fact]
    public async Task F8_TheFilesAreTheirOwnersOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            // There it is the directory's list of rights that says so.
            return;
        }

        await using var store = await OpenAsync(new InMemoryTierStorage());
        Directory.GetFiles(_directory).Select(File.GetUnixFileMode).Should().OnlyContain(mode => mode == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        File.GetUnixFileMode(_directory).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void AnExaminationOfNothingSaysSo()
    {
        var verify = () => CommitLogInspection.Verify(_directory);
        verify.Should().Throw<CommitLogException>().WithMessage("*no commit log*");
        FluentActions.Invoking(() => CommitLogInspection.GetFormat(_directory)).Should().Throw<CommitLogException>().WithMessage("*no commit log*");
        FluentActions.Invoking(() => CommitLogInspection.GetFormat("")).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void F5_ALogThatWasNeverUsedHasNoFormat()
    {
        Directory.CreateDirectory(_directory);
        CommitLogInspection.GetFormat(_directory).Should().Be(0);
        CommitLogInspection.Verify(_directory).Format.Should().Be(0);
        CommitLogInspection.Read(_directory).Should().BeEmpty();
    }

    [Fact]
    public void D3_ALogThatHasToBeThereIsNotMade()
    {
        var own = () => DiskLogDirectory.Own(_directory, mayBeMade: false);
        own.Should().Throw<CommitLogException>().Which.Failure.Should().Be(TierFailure.Damaged);
        Directory.Exists(_directory).Should().BeFalse();
    }

    [Fact]
    public async Task D8_ALogThatIsRefusedGoesBackToWhoeverWantsIt()
    {
        var tier = new InMemoryTier { Capabilities = new TierCapabilities { Durability = TierDurability.Process } };
        var open = () => new MvStoreBuilder().UsePersistentTier(tier).UseLogDirectory(DiskLogDirectory.Own(_directory)).OpenAsync().Guarded();
        await open.Should().ThrowAsync<InvalidOperationException>();
        using var again = DiskLogDirectory.Own(_directory);
    }

    [Fact]
    public void D4_AFileForWhichThereIsNoSpaceIsNotLeftBehind()
    {
        if (!OperatingSystem.IsLinux())
        {
            // There a full disk takes a disk; here the system has a file that is one.
            return;
        }

        using var directory = DiskLogDirectory.Own(_directory);
        File.CreateSymbolicLink(Path.Combine(_directory, "00000001.mvlog"), "/dev/full");
        var create = () => directory.Create("00000001.mvlog", 512);
        create.Should().Throw<CommitLogException>().Which.Failure.Should().Be(TierFailure.Transient);
        directory.List().Should().BeEmpty();
    }

    [Fact]
    public void AWriteBeyondWhatTheSystemAllowsIsAFailureOfTheLog()
    {
        using var directory = DiskLogDirectory.Own(_directory);
        var create = () => directory.Create("sub/none", 512);

        create.Should().Throw<CommitLogException>().Which.Failure.Should().Be(TierFailure.InDoubt);
        directory.List().Should().BeEmpty();
    }

    [Fact]
    public void ALogThatCannotBeOpenedLeavesNoOwner()
    {
        var other = new TierState(0, CommitVersion.Zero, FloorSet.None) { Identity = 2 };
        using (var log = Open(other with { Identity = 1 }))
        {
            log.Recovered.Sequence.Should().Be(0);
        }

        var refused = () => Open(other);
        refused.Should().Throw<StoreFormatException>();
        using var again = Open(other with { Identity = 1 });
    }

    private CommitLog Open(TierState tier)
        => CommitLog.Open(
            DiskLogDirectory.Own(_directory),
            tier,
            new CommitLogOptions { SegmentBytes = 1 << 20 },
            new FlushOptions(),
            () => { },
            new(),
            TimeProvider.System,
            NullLogger.Instance);

    private Task<IMultiVersionStore> OpenAsync(InMemoryTierStorage storage, string? directory = null)
        => new MvStoreBuilder()
            .Configure(StoreFixture.Quiet)
            .Configure(o => o.CommitLog.Directory = directory ?? _directory)
            .Configure(o => o.CommitLog.SegmentBytes = 1 << 20)
            .UsePersistentTier(new InMemoryTier(storage))
            .OpenAsync()
            .Guarded();
}
