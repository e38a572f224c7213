using MvStore.Contracts;

namespace MvStore.Tests.Fixtures;

/// <summary>A gate that lets every commit in: for stages put together without limits.</summary>
internal sealed class OpenGate : ICommitGate
{
    public long FreePass => long.MaxValue;

    public bool TryReserve(long bytes) => true;

    public ValueTask ReserveAsync(long bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Release(long bytes)
    {
    }
}
