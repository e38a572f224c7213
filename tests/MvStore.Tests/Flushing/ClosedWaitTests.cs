using MvStore.Contracts;
using MvStore.Flushing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Flushing;

/// <summary>Whoever comes once flushing has ended is told at once, and waits for nothing (contract D7, D9).</summary>
public sealed class ClosedWaitTests
{
    [Fact]
    public async Task D9_AWaitThatBeginsAfterTheEndFailsWithItsReasonAndOneThatNeedsNothingDoesNot()
    {
        var signal = new FlushSignal();
        using var queue = new FlushQueue(new FlushOptions(), signal, TimeProvider.System);
        var mark = new DurableMark(new TierState(3, 5, FloorSet.None), queue, signal, new FailureLatch());
        mark.Close(new InvalidOperationException("the end"));
        mark.Close(new InvalidOperationException("another end"));

        (await mark.WaitAsync(3, 5, default).AsTask().Guarded()).Sequence.Should().Be(3);
        var wait = () => mark.WaitAsync(4, 6, default).AsTask().Guarded();
        (await wait.Should().ThrowAsync<InvalidOperationException>()).WithMessage("the end");
    }

    [Fact]
    public async Task D7_ASubscriptionThatBeginsAfterTheEndIsEmpty()
    {
        var hub = new FlushEventHub(_ => { });
        hub.Complete();
        await using var events = hub.ReadAllAsync(hub.Subscribe(), default).GetAsyncEnumerator();
        (await events.MoveNextAsync().AsTask().Guarded()).Should().BeFalse();
    }
}
