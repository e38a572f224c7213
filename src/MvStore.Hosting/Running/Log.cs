using Microsoft.Extensions.Logging;

namespace MvStore.Hosting.Running;

/// <summary>Every log message of hosting. Event ids from 2000. None carries key or value bytes (contract F8).</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Critical, "{Store} could not be opened, so the host does not start: {Reason}")]
    public static partial void OpeningFailed(ILogger logger, string store, string reason, Exception exception);

    [LoggerMessage(
        2001,
        LogLevel.Critical,
        "{Store} could not be flushed while the host stopped; the limit is {Limit}. {Commits} commits with {Bytes} bytes are not in the persistent tier; {Undurable} commits are not on disk at all. "
            + "Closing tries once more.")]
    public static partial void NotFlushed(ILogger logger, string store, TimeSpan limit, int commits, long bytes, ulong undurable, Exception exception);

    [LoggerMessage(2002, LogLevel.Critical, "{Store} was closed with a loss: {Reason}")]
    public static partial void ClosedWithLoss(ILogger logger, string store, string reason, Exception exception);

    [LoggerMessage(2003, LogLevel.Critical, "{Store} is still closing, and the time of the host's shutdown is over.")]
    public static partial void ClosingAbandoned(ILogger logger, string store);

    [LoggerMessage(2004, LogLevel.Information, "{Store} closed in the end, and nothing is lost.")]
    public static partial void ClosedAfterAll(ILogger logger, string store);
}
