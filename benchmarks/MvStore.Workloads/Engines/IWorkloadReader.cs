using MvStore.Workloads.Data;

namespace MvStore.Workloads.Engines;

/// <summary>Reads for one thread. Each call is a read of its own: it sees every commit that returned before it.</summary>
public interface IWorkloadReader : IDisposable
{
    /// <summary>Stands for the newest version.</summary>
    const ulong Latest = long.MaxValue;

    /// <summary>Reads the row of a key, in the cheapest form the engine offers.</summary>
    /// <returns>Whether there is a row.</returns>
    bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value);
}
