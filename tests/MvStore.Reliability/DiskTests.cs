using MvStore.Reliability.Faults;
using MvStore.Reliability.Kills;
using MvStore.Reliability.Storage;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>Disks that are full or may not be written (contract D4, F4).</summary>
public sealed class DiskTests(ITestOutputHelper output)
{
    private const int MostCommits = 200;
    private const long MostOfLog = 4 * 1024 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2); // a guard against hanging

    [LinuxRootFact]
    public async Task D4_AFullDiskHoldsDurableCommitsBackAndLosesNothing()
    {
        foreach (var hasLog in new[] { false, true })
        {
            using var disk = SmallDisk.Mount(20);
            using var watch = new SpaceWatch();
            var hasTime = Effort.Time();
            ulong version = 0;
            var met = 0;
            var cycles = 0;
            var builder = KillStore.Quiet(disk.Directory, hasLog).AddFlushListener(watch).UseLoggerFactory(watch).Configure(options =>
            {
                // All history, or a log as long as it likes, would fill the disk by itself after some cycles, and nothing that is freed would be enough.
                options.GarbageCollection.RetainVersions = 0;
                options.CommitLog.MaxBytes = MostOfLog;
            });
            await using (var store = await builder.OpenAsync())
            {
                for (; cycles < Effort.Of(2, 100) && (cycles == 0 || hasTime()); cycles++)
                {
                    var full = watch.Next();
                    disk.Fill();
                    Task commit;
                    var first = version;
                    do
                    {
                        commit = store.CommitAsync(Batch(++version), version, Durability.Durable).AsTask();
                        await Task.WhenAny(commit, full).WaitAsync(Longest);
                    }
                    while (!full.IsCompleted && version < first + MostCommits);
                    met += full.IsCompleted ? 1 : 0;
                    disk.Free();
                    await commit.WaitAsync(Longest);
                    await store.FlushAsync().AsTask().WaitAsync(Longest);
                    await store.ReclaimAsync().AsTask().WaitAsync(Longest);
                }
            }

            met.Should().Be(cycles, "the disk was full");
            await using var reopened = await KillStore.Quiet(disk.Directory, hasLog).OpenAsync();
            reopened.GetStatistics().PublishedSequence.Should().Be(version);
            (await reopened.GetAsync("a"u8, version))!.Value.Value.Span.SequenceEqual(Value(version)).Should().BeTrue();
            output.WriteLine($"{(hasLog ? "log and SQLite" : "SQLite")}: full {met} times, {version} durable commits, all there");
        }
    }

    [LinuxRootFact]
    public async Task F4_AStoreOnADiskThatMayNotBeWrittenIsRefusedAndUntouched()
    {
        foreach (var hasLog in new[] { false, true })
        {
            using var disk = SmallDisk.Mount(12);
            await using (var store = await KillStore.Quiet(disk.Directory, hasLog).OpenAsync())
            {
                await store.CommitAsync(Batch(1), 1, Durability.Durable);
            }

            disk.MakeReadOnly();
            var opening = () => KillStore.Quiet(disk.Directory, hasLog).OpenAsync().AsTask();
            (await opening.Should().ThrowAsync<PersistentTierException>()).Which.Message.Should().Contain(disk.Directory);
            disk.MakeWritable();
            await using var reopened = await KillStore.Quiet(disk.Directory, hasLog).OpenAsync();
            (await reopened.GetAsync("a"u8, 1))!.Value.Value.Span.SequenceEqual(Value(1)).Should().BeTrue();
        }
    }

    private static WriteBatch Batch(ulong version) => new WriteBatch().Set("a"u8, Value(version));

    private static byte[] Value(ulong version)
    {
        var value = new byte[200_000];
        new Random((int)version).NextBytes(value);
        return value;
    }
}
