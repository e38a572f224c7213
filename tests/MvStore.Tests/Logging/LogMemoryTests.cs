using Microsoft.Extensions.Logging.Abstractions;
using MvStore.Contracts;
using MvStore.Logging;
using MvStore.Tests.Flushing;

namespace MvStore.Tests.Logging;

/// <summary>What logging takes of memory does not grow with a commit (D5).</summary>
public sealed class LogMemoryTests : IDisposable
{
    private const int Mebibyte = 1 << 20;

    private readonly string _directory = Directory.CreateTempSubdirectory("mvstore-log-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(1, 48 * Mebibyte)]
    [InlineData(48, Mebibyte)]
    [InlineData(100_000, 300)]
    public void D5_ALargeCommitIsLoggedThroughOneBuffer(int values, int valueBytes)
    {
        var options = new CommitLogOptions { SegmentBytes = 64 * Mebibyte };
        using var rows = new NativeRows();
        var beforeOpening = GC.GetAllocatedBytesForCurrentThread();
        using var log = CommitLog.Open(
            DiskLogDirectory.Own(Path.Combine(_directory, "log")),
            new TierState(0, CommitVersion.Zero, FloorSet.None) { Identity = 7 },
            options,
            new FlushOptions(),
            () => { },
            new(),
            TimeProvider.System,
            NullLogger.Instance);
        var opened = GC.GetAllocatedBytesForCurrentThread() - beforeOpening;
        var commit = Commit(rows, values, valueBytes);
        log.Queue.Add(commit);
        var before = GC.GetAllocatedBytesForCurrentThread();

        log.Writer.Step(always: true).Should().BeTrue();

        // Files are made of zeros, a mebibyte of them for each file, the first of which is made by opening, as is the buffer, of a mebibyte too; everything else is small.
        var allocated = opened + GC.GetAllocatedBytesForCurrentThread() - before;
        opened.Should().BeLessThan(3 * Mebibyte);
        allocated.Should().BeLessThan(6 * Mebibyte);
        commit.Bytes.Should().BeGreaterThan(5L * allocated);
        log.Durable.Sequence.Should().Be(1);
        CommitLogInspection.Read(Path.Combine(_directory, "log")).Should().Equal(new CommitLogRecord(1, 1, values, 0, 0, commit.Bytes));
    }

    private static PreparedCommit Commit(NativeRows rows, int values, int valueBytes)
    {
        var prepared = new List<BufferedRow>();
        var value = new byte[valueBytes];
        var bytes = 0L;
        for (var i = 0; i < values; i++)
        {
            var key = BitConverter.GetBytes(i);
            prepared.Add(rows.Add(key, 1, 1, value));
            bytes += key.Length + value.Length;
        }

        var commit = new PreparedCommit(1, [], values, 0) { Bytes = bytes, Rows = [.. prepared] };
        commit.Stamp(1);
        return commit;
    }
}
