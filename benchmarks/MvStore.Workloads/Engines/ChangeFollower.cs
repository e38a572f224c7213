namespace MvStore.Workloads.Engines;

/// <summary>One consumer of the change feed, on threads of the pool: follows when it is made, reads whatever is committed from then on, and looks whether it comes in order.</summary>
internal sealed class ChangeFollower : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    public ChangeFollower(IMultiVersionStore store)
    {
        var position = Completion.Of(store.GetChangeBoundsAsync()).Newest;
        _reading = ReadAsync(store, position, _end.Token);
    }

    public void Dispose()
    {
        // Something was committed, so he is told of it sooner or later: on a busy machine perhaps after the run. Or he has failed.
        Task.WaitAny(_told.Task, _reading);
        _end.Cancel();
        _reading.GetAwaiter().GetResult();
        _end.Dispose();
    }

    private async Task ReadAsync(IMultiVersionStore store, ChangePosition position, CancellationToken end)
    {
        try
        {
            await foreach (var commit in store.ReadChangesAsync(position, options: null, end).ConfigureAwait(false))
            {
                WrongAnswerException.Require("the publication that comes next", (long)position.Sequence + 1, (long)commit.Position.Sequence);
                position = commit.Position;
                _told.TrySetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
