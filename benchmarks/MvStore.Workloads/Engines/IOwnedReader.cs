namespace MvStore.Workloads.Engines;

/// <summary>A reader that hands out a value the caller owns.</summary>
public interface IOwnedReader : IWorkloadReader
{
    /// <summary>Reads the row of a key; the bytes stay valid for as long as they are referenced.</summary>
    bool TryGetOwned(ReadOnlySpan<byte> key, ulong at, out ReadOnlyMemory<byte> value);
}
