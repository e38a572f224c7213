using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>The files of the log: which may be used again, and how many are kept (I17).</summary>
public sealed class LogSegmentsTests : IDisposable
{
    private const int Length = 16 * 1024;
    private const int MostFree = 2;

    private readonly SimulatedDisk _disk = new();
    private readonly LogSegments _segments;

    public LogSegmentsTests() => _segments = new LogSegments(_disk.Open(), [], [], Length, MostFree);

    public void Dispose() => _segments.Dispose();

    [Fact]
    public void I17_ASegmentIsLetGoWhenTheTierHasAllThatIsBeforeTheNextOne()
    {
        Begin(after: 0);
        Begin(after: 10);
        Begin(after: 20);
        _segments.FullBytes.Should().Be(2 * Length);
        _segments.Release(9);
        _segments.FullBytes.Should().Be(2 * Length, "the tenth publication is in the first one alone");
        _segments.Release(10);
        _segments.FullBytes.Should().Be(Length);
        _segments.Release(100);
        _segments.FullBytes.Should().Be(0);
        Begin(after: 100);
        _disk.Names.Should().HaveCount(3, "one of those that were let go is used again");
    }

    [Fact]
    public void D5_NoMoreFilesAreKeptThanAreWanted()
    {
        const int Segments = 6;
        for (var i = 0; i < Segments; i++)
        {
            Begin(after: (ulong)i);
        }

        _segments.Release(Segments);
        Begin(after: Segments);
        _disk.Names.Should().HaveCount(2 + MostFree - 1, "the last one, the one begun now, and what is left of those that are kept");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void D4_AFullDiskDoesNotGetAFileMoreForEachAttempt(bool isCreated)
    {
        var kind = isCreated ? DiskOperationKind.Write : DiskOperationKind.Create;
        var failures = 3;
        _disk.Fault = operation =>
        {
            if (operation.Kind == kind && failures-- > 0)
            {
                throw new CommitLogException(TierFailure.Transient, "Injected: no space left.");
            }
        };
        while (failures > 0)
        {
            FluentActions.Invoking(() => Begin(after: 0)).Should().Throw<CommitLogException>();
        }

        Begin(after: 0).Header.Number.Should().Be(1);
        _disk.Names.Should().ContainSingle();
    }

    private LogSegment Begin(ulong after) => _segments.Begin(new SegmentHeader(0, 0, 0, 0, 0, Store: 7, Salt: 1, after, after, Log: 9));
}
