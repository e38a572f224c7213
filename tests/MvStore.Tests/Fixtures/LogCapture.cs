using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MvStore.Tests.Fixtures;

/// <summary>A logger factory that keeps every entry of every level, with its arguments and exception. Safe from any thread.</summary>
public sealed class LogCapture : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();

    /// <summary>What was logged, oldest first.</summary>
    public IReadOnlyList<LogEntry> Entries => [.. _entries];

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
        _entries.Enqueue(new LogEntry(logLevel, eventId, formatter(state, exception), arguments, exception));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
