using Microsoft.Extensions.Logging;

namespace MvStore.Tests.Fixtures;

/// <summary>One entry of a <see cref="LogCapture"/>.</summary>
public sealed record LogEntry(
    LogLevel Level,
    EventId Id,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Arguments,
    Exception? Exception);
