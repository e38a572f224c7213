using MvStore.Conformance;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>The description of the format is enough to read a log by (F1, F5): a reader that was written from it finds what was committed.</summary>
public sealed class LogFormatTests
{
    [Fact]
    public void F5_AReaderWrittenFromTheDescriptionFindsEveryCommit()
    {
        using var run = new LogHarness(new SimulatedDisk());
        run.Publish(values: 3, valueBytes: 0);
        run.Publish(values: 0, valueBytes: 0);
        run.Publish(values: 2, valueBytes: 10_000, version: 1_000);
        run.Publish(values: 1, valueBytes: 31_000, version: 500);
        run.Publish(values: 40, valueBytes: 7);
        run.Acknowledge();

        var content = run.Disk.Content;
        content.Keys.Count(name => name.EndsWith(".mvlog", StringComparison.Ordinal)).Should().BeGreaterThan(3, "commits are to cross files");
        ForeignLogReader.Read(content).Select(c => c.ToString()).Should().Equal(run.Published);
        ForeignLogReader.ReadMark(content["mark"]).Should().Be(5);
    }

    [Fact]
    public void F5_ItReadsFilesThatAreUsedAgainFromWhereTheTierDoesNotHaveThem()
    {
        using var run = new LogHarness(new SimulatedDisk());
        for (var i = 0; i < 24; i++)
        {
            run.Publish(values: 3, valueBytes: 1_500 * (1 + (i % 4)));
            run.Acknowledge();
            if (i % 5 == 4)
            {
                run.Flush(behind: 1);
            }

            var flushed = (int)run.Tier.DurableSequence;
            var found = ForeignLogReader.Read(run.Disk.Content).Where(c => c.Sequence > run.Tier.DurableSequence);
            found.Select(c => c.ToString()).Should().Equal(run.Published.Skip(flushed), "after {0} commits", i + 1);
        }
    }

    [Fact]
    public void F5_ItReadsALogThatWasTornAndWentOn()
    {
        using var run = new LogHarness(new SimulatedDisk());
        for (var i = 0; i < 4; i++)
        {
            run.Publish(values: 3, valueBytes: 900);
            run.Acknowledge();
            run.Publish(values: 2, valueBytes: 6_000);
            run.Step();
        }

        for (var operations = 8; operations <= run.Disk.Operations.Count; operations++)
        {
            var image = run.Disk.AfterPowerLoss(operations, PowerLoss.KeepsSome, new Random(operations));
            using var again = new LogHarness(new SimulatedDisk(image), run, operations);
            again.Publish(values: 2, valueBytes: 400);
            again.Acknowledge();
            ForeignLogReader.Read(again.Disk.Content).Select(c => c.ToString()).Should().Equal(again.Published, "after {0} operations", operations);
        }
    }

    [Fact]
    public async Task F5_ItReadsTheFilesOfAStore()
    {
        var directory = Directory.CreateTempSubdirectory("mvstore-log-").FullName;
        try
        {
            await using var store = await new MvStoreBuilder()
                .Configure(StoreFixture.Quiet)
                .Configure(o => o.CommitLog.Directory = directory)
                .UsePersistentTier(new InMemoryTier(new InMemoryTierStorage()))
                .OpenAsync()
                .Guarded();
            await store.CommitAsync(new WriteBatch().Set("a", "1").Remove("b").Drop(Bytes.Of("c")).Set("d", string.Empty), 10, Durability.Durable).Guarded();
            await store.CommitAsync(new WriteBatch(), 20, Durability.Durable).Guarded();

            var files = Directory.GetFiles(directory).Where(f => Path.GetFileName(f) != "lock").ToDictionary(f => Path.GetFileName(f), ReadInUse);
            var commits = ForeignLogReader.Read(files);

            commits.Select(c => (c.Sequence, c.Version)).Should().Equal((1UL, 10UL), (2UL, 20UL));
            commits[0].Rows.Select(r => $"{r.Kind} {Convert.ToHexString(r.Key.Span)}={Convert.ToHexString(r.Value.Span)}")
                .Should().BeEquivalentTo("Set 61=31", "Remove 62=", "Drop 63=", "Set 64=");
            commits[1].Rows.Should().BeEmpty();
            ForeignLogReader.ReadMark(files["mark"]).Should().Be(2);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static byte[] ReadInUse(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
