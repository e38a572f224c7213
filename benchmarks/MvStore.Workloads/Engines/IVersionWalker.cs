namespace MvStore.Workloads.Engines;

/// <summary>A reader that walks the versions of a key with a cursor.</summary>
public interface IVersionWalker : IWorkloadReader
{
    /// <summary>Walks from the newest to the oldest.</summary>
    /// <param name="key">The key.</param>
    /// <param name="versions">The sum of the versions written in the values met.</param>
    /// <returns>How many there were.</returns>
    long Walk(ReadOnlySpan<byte> key, out ulong versions);
}
