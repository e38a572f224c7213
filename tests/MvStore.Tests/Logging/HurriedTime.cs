namespace MvStore.Tests.Logging;

/// <summary>A clock that stands still, and on which every timer is due at once: what waits goes on without any time passing.</summary>
internal sealed class HurriedTime : TimeProvider
{
    public override long GetTimestamp() => 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => new DueTimer(callback, state, dueTime);

    private sealed class DueTimer : ITimer
    {
        private readonly TimerCallback _callback;
        private readonly object? _state;

        public DueTimer(TimerCallback callback, object? state, TimeSpan dueTime)
        {
            _callback = callback;
            _state = state;
            Change(dueTime, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
            => dueTime == Timeout.InfiniteTimeSpan || ThreadPool.QueueUserWorkItem(_ => _callback(_state));

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
