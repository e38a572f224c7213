namespace MvStore.Contracts;

/// <summary>A write that may be done twice, so that whether it has arrived need not be known.</summary>
internal sealed class RepeatableWrite<T>(Func<ValueTask<T>> write) : ITierWrite
{
    /// <summary>What the last attempt returned.</summary>
    public T Result { get; private set; } = default!;

    public void Begin(int attempt)
    {
        // Nobody is told of single attempts.
    }

    public async ValueTask RunAsync(CancellationToken cancellationToken) => Result = await write().ConfigureAwait(false);

    public ValueTask<bool> HasArrivedAsync(CancellationToken cancellationToken) => new(false);

    public void Succeed(int attempt)
    {
        // Nobody is told of single attempts.
    }

    public void Fail(int attempt, Exception failure, bool isRepeated)
    {
        // Nobody is told of single attempts; the last failure is thrown.
    }
}
