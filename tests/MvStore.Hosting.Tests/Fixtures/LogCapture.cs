using Microsoft.Extensions.Logging;

namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>Keeps every entry that a host logs. Safe from any thread.</summary>
internal sealed class LogCapture : ILoggerProvider, ILogger
{
    private readonly object _gate = new();
    private readonly List<LogEntry> _entries = [];
    private readonly List<(int Id, TaskCompletionSource<LogEntry> Found)> _waiters = [];

    /// <summary>What was logged under an id, oldest first.</summary>
    public IReadOnlyList<LogEntry> Of(int id)
    {
        lock (_gate)
        {
            return [.. _entries.Where(entry => entry.Id == id)];
        }
    }

    /// <summary>The first entry under an id, as soon as it was logged.</summary>
    public Task<LogEntry> EntryAsync(int id)
    {
        lock (_gate)
        {
            if (_entries.Find(entry => entry.Id == id) is { } found)
            {
                return Task.FromResult(found);
            }

            var waiter = new TaskCompletionSource<LogEntry>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((id, waiter));
            return waiter.Task;
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var entry = new LogEntry(logLevel, eventId.Id, formatter(state, exception), exception);
        lock (_gate)
        {
            _entries.Add(entry);
            _waiters.RemoveAll(waiter => waiter.Id == entry.Id && waiter.Found.TrySetResult(entry));
        }
    }

    public void Dispose()
    {
    }
}
