using MvStore.Reliability.Kills;
using MvStore.Reliability.Storage;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>Commits far beyond every buffer: through the log, replayed after a kill, through SQLite, and read again (contract A2, D3).</summary>
public sealed class LargeCommitTests(ITestOutputHelper output)
{
    private const int Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData(100_000, 20)]
    [InlineData(2, 64 * Mebibyte)]
    public Task D3_ALargeCommitOutlivesAKill(int deltas, int valueBytes) => RunAsync(new LargeCommit(deltas, valueBytes));

    [LongFact]
    public Task D3_ACommitOfAGibibyteOutlivesAKill() => RunAsync(new LargeCommit(16, 64 * Mebibyte));

    private async Task RunAsync(LargeCommit commit)
    {
        var directory = Folder.Create();
        try
        {
            using (var victim = VictimProcess.Start(["large", directory, .. commit.ToArguments()]))
            {
                await victim.KillAfterAsync(lines: 1, spins: 0);
                victim.Durable.Should().Be(1, await victim.ErrorsAsync());
            }

            await using (var store = await KillStore.Quiet(directory, hasLog: true).OpenAsync())
            {
                store.GetStatistics().FlushedSequence.Should().Be(0, "nothing but the log has it");
                await commit.CheckAsync(store);
                await store.FlushAsync();
                store.Evict(0);
                await commit.CheckAsync(store);
            }

            await using (var store = await KillStore.Quiet(directory, hasLog: true).OpenAsync())
            {
                store.GetStatistics().FlushedSequence.Should().Be(1);
                await commit.CheckAsync(store);
            }

            output.WriteLine($"{commit}: acknowledged by the log, replayed after the kill, flushed, evicted, read from SQLite");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
