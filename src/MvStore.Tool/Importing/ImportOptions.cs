namespace MvStore.Tool.Importing;

/// <summary>Settings of an import.</summary>
internal sealed record ImportOptions
{
    /// <summary>The largest file accepted, in bytes.</summary>
    public int MaxFileBytes { get; init; } = BufferOptions.ValueLengthLimit;

    /// <summary>How many bytes may wait for the disk before the import waits too.</summary>
    public long MaxUnflushedBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>How many commits may be read ahead of the one being stored.</summary>
    public int ReadAhead { get; init; } = 256;
}
