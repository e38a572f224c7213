namespace MvStore.Tests.Model;

/// <summary>A scan or history that is being enumerated while other operations run.</summary>
internal sealed class ModelStream
{
    public required string Name { get; init; }

    public required ModelReader Reader { get; init; }

    public required bool IsHistory { get; init; }

    public required IAsyncEnumerator<VersionedRow> Rows { get; init; }

    /// <summary>What the enumeration must still return, decided by the reference when it began.</summary>
    public required Queue<VersionedRow> Rest { get; init; }

    /// <summary>The key of the last row it returned.</summary>
    public byte[]? LastKey { get; set; }
}
