using Microsoft.Extensions.Time.Testing;

namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>A clock that moves only when told to, and tells which timers were started. Safe from any thread.</summary>
internal sealed class ManualClock : FakeTimeProvider
{
    private readonly object _gate = new();
    private readonly List<TimeSpan> _dueTimes = [];
    private readonly List<(int Count, Predicate<TimeSpan> Wanted, TaskCompletionSource Reached)> _waiters = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ObservedTimer(this, base.CreateTimer(callback, state, dueTime, period));
        Started(dueTime);
        return timer;
    }

    /// <summary>Completes once so many timers with such a due time were started, since the clock was made.</summary>
    public Task TimerStartedAsync(Predicate<TimeSpan> wanted, int count = 1)
    {
        lock (_gate)
        {
            if (_dueTimes.Count(due => wanted(due)) >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, wanted, reached));
            return reached.Task;
        }
    }

    /// <summary>Moves the clock each time a timer was started, until a task is through. What the task ends with is not looked at.</summary>
    public async Task AdvanceUntilAsync(Task task, TimeSpan step)
    {
        for (var seen = 0; !task.IsCompleted; Advance(step))
        {
            await Task.WhenAny(task, TimerStartedAsync(_ => true, seen + 1));
            lock (_gate)
            {
                seen = _dueTimes.Count;
            }
        }
    }

    private void Started(TimeSpan dueTime)
    {
        if (dueTime == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        lock (_gate)
        {
            _dueTimes.Add(dueTime);
            _waiters.RemoveAll(waiter => _dueTimes.Count(due => waiter.Wanted(due)) >= waiter.Count && waiter.Reached.TrySetResult());
        }
    }

    private sealed class ObservedTimer(ManualClock clock, ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = inner.Change(dueTime, period);
            clock.Started(dueTime);
            return changed;
        }

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
