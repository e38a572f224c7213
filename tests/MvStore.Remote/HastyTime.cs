namespace MvStore.Remote;

/// <summary>
/// A clock for simulations: what waits up to a few seconds has waited at once, on another thread, and what waits longer waits for ever. So pauses and
/// latencies cost nothing, and no time limit is ever exceeded. Safe from any thread.
/// </summary>
public sealed class HastyTime : TimeProvider
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10);

    private long _waited; // ticks; interlocked

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _waited);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(GetTimestamp());

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HastyTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class HastyTimer(HastyTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _generation; // interlocked: each change ends what waited before

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var generation = Interlocked.Increment(ref _generation);
            if (dueTime >= TimeSpan.Zero && dueTime <= Short)
            {
                Interlocked.Add(ref time._waited, dueTime.Ticks);
                ThreadPool.UnsafeQueueUserWorkItem(_ => Fire(generation), null);
            }

            return true;
        }

        public void Dispose() => Interlocked.Increment(ref _generation);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(long generation)
        {
            if (Interlocked.Read(ref _generation) == generation)
            {
                callback(state);
            }
        }
    }
}
