using MvStore.Tool.Storing;

namespace MvStore.Tool.Rendering.Json;

/// <summary>The bytes of a store's files.</summary>
internal sealed record FileSizesDocument
{
    /// <summary>The main file.</summary>
    public required long MainBytes { get; init; }

    /// <summary>The write-ahead file.</summary>
    public required long WriteAheadBytes { get; init; }

    /// <summary>All files of the commit log.</summary>
    public required long CommitLogBytes { get; init; }

    /// <summary>What was measured.</summary>
    public static FileSizesDocument Of(StoreSizes sizes)
        => new() { MainBytes = sizes.Main, WriteAheadBytes = sizes.WriteAhead, CommitLogBytes = sizes.CommitLog };
}
