using MvStore.Sqlite;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>backup --json</c> and <c>restore --json</c>.</summary>
internal sealed record CopyDocument
{
    public required string From { get; init; }

    public required string To { get; init; }

    /// <summary>The last publication the copy holds.</summary>
    public required ulong DurableSequence { get; init; }

    public required ulong HighestVersion { get; init; }

    public required long Bytes { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The document of a copy that was made.</summary>
    public static CopyDocument Of(StoreFile from, StoreFile to, BackupReport copied, TimeSpan duration) => new()
    {
        From = from.Path,
        To = to.Path,
        DurableSequence = copied.DurableSequence,
        HighestVersion = copied.HighestVersion.Value,
        Bytes = copied.Bytes,
        Seconds = duration.TotalSeconds,
    };
}
