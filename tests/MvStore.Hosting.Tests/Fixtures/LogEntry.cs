using Microsoft.Extensions.Logging;

namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>One entry of a <see cref="LogCapture"/>.</summary>
internal sealed record LogEntry(LogLevel Level, int Id, string Message, Exception? Exception);
