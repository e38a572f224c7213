using MvStore.Tests.Fixtures;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>Chains of a few records under constant change, read by threads that check every byte. Bounded by the number of commits.</summary>
[Collection(nameof(ProcessEpochs))]
public sealed class VersionBufferStressTests
{
    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 3)]
    [InlineData(false, 4)]
    public async Task I2_I5_I6_ReadersSeeWhatTheirViewsSeeWhateverLeavesMemory(bool isChecked, int seed)
    {
        using var heap = new NativeHeap(isChecked);
        using var traffic = new BufferTraffic(heap, commits: isChecked ? 2_000 : 5_000);
        var before = heap.LiveBytes;
        await Crowd.RunAsync(
            () => Run(() => traffic.Commit(seed)),
            () => Run(() => traffic.Trim(seed + 100)),
            () => Run(() => traffic.Read(seed + 200)),
            () => Run(() => traffic.Read(seed + 300)),
            () => Run(() => traffic.Read(seed + 400)));

        traffic.Finish(before);
        traffic.FoundFinal.Should().BePositive();
    }

    private static Task Run(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
