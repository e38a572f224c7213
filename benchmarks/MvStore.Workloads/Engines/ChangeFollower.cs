namespace MvStore.Workloads.Engines;

/// <summary>One consumer of the change feed, on threads of the pool: follows when it is made, reads whatever is committed from then on, and looks whether it comes in order.</summary>
internal sealed class ChangeFollower : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task<long> _reading;

    public ChangeFollower(IMultiVersionStore store)
    {
        var position = Completion.Of(store.GetChangeBoundsAsync()).Newest;
        _reading = ReadAsync(store, position, _end.Token);
    }

    public void Dispose()
    {
        _end.Cancel();
        var read = _reading.GetAwaiter().GetResult();
        _end.Dispose();
        if (read == 0)
        {
            throw new WrongAnswerException("a consumer of the change feed was told of nothing");
        }
    }

    private static async Task<long> ReadAsync(IMultiVersionStore store, ChangePosition position, CancellationToken end)
    {
        var read = 0L;
        try
        {
            await foreach (var commit in store.ReadChangesAsync(position, options: null, end).ConfigureAwait(false))
            {
                WrongAnswerException.Require("the publication that comes next", (long)position.Sequence + 1, (long)commit.Position.Sequence);
                position = commit.Position;
                read++;
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }

        return read;
    }
}
