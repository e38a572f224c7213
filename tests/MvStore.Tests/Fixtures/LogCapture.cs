using Microsoft.Extensions.Logging;

namespace MvStore.Tests.Fixtures;

/// <summary>A logger factory that keeps every entry of every level, with its arguments and exception. Safe from any thread.</summary>
public sealed class LogCapture : ILoggerFactory, ILogger
{
    private readonly object _gate = new();
    private readonly List<LogEntry> _entries = [];
    private readonly List<(Predicate<LogEntry> Wanted, TaskCompletionSource<LogEntry> Found)> _waiters = [];

    /// <summary>What was logged, oldest first.</summary>
    public IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>The first entry of a kind, as soon as it was logged.</summary>
    public Task<LogEntry> EntryAsync(Predicate<LogEntry> wanted)
    {
        lock (_gate)
        {
            if (_entries.Find(wanted) is { } found)
            {
                return Task.FromResult(found);
            }

            var waiter = new TaskCompletionSource<LogEntry>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((wanted, waiter));
            return waiter.Task;
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider)
    {
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        var arguments = state is IEnumerable<KeyValuePair<string, object?>> pairs ? pairs.ToArray() : [];
        var entry = new LogEntry(logLevel, eventId, formatter(state, exception), arguments, exception);
        lock (_gate)
        {
            _entries.Add(entry);
            _waiters.RemoveAll(waiter => waiter.Wanted(entry) && waiter.Found.TrySetResult(entry));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
