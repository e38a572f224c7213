namespace MvStore.Workloads.Engines;

/// <summary>A reader that copies a value into memory of the caller's.</summary>
public interface ICopyReader : IWorkloadReader
{
    /// <summary>Copies the value of a key's row.</summary>
    /// <param name="key">The key.</param>
    /// <param name="at">The version to read at.</param>
    /// <param name="destination">Where to; large enough.</param>
    /// <param name="length">How many bytes were copied.</param>
    /// <returns>Whether there is a row.</returns>
    bool TryCopy(ReadOnlySpan<byte> key, ulong at, Span<byte> destination, out int length);
}
