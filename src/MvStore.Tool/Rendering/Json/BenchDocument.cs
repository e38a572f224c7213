namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>bench --json</c>.</summary>
internal sealed record BenchDocument
{
    /// <summary>Where the store was made.</summary>
    public required string Directory { get; init; }

    /// <summary>What the directory is kept by, such as <c>ext4</c>.</summary>
    public required string FileSystem { get; init; }

    public required string System { get; init; }

    public required string Runtime { get; init; }

    /// <summary>Processors the command may use.</summary>
    public required int Processors { get; init; }

    public required int Keys { get; init; }

    public required int KeyBytes { get; init; }

    public required int ValueBytes { get; init; }

    /// <summary>How long each measurement took, without its first part, which does not count.</summary>
    public required double SecondsEach { get; init; }

    public required IReadOnlyList<BenchRateDocument> Measurements { get; init; }
}
