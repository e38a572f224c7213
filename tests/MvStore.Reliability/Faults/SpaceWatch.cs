using Microsoft.Extensions.Logging;

namespace MvStore.Reliability.Faults;

/// <summary>Tells when a store has found the disk full: the flusher by its events, the commit log by its messages. Safe from any thread.</summary>
internal sealed class SpaceWatch : IFlushListener, ILoggerFactory, ILogger
{
    private const int LogStalled = 1603;

    private volatile TaskCompletionSource _met = New(); // replaced by the test, completed by any thread

    /// <summary>Completes when the disk was found full from now on.</summary>
    public Task Next()
    {
        var next = New();
        _met = next;
        return next.Task;
    }

    public void OnFlush(FlushEvent flushEvent)
    {
        if (flushEvent.Stage == FlushStage.Failed)
        {
            _met.TrySetResult();
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == LogStalled)
        {
            _met.TrySetResult();
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
