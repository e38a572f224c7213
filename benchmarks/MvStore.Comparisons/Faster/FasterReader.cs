using System.Runtime.CompilerServices;
using FASTER.core;
using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Faster;

/// <summary>Reads from FASTER with a session of its own.</summary>
internal sealed class FasterReader<TFunctions>(
    ClientSession<FixedKey, FixedValue, FixedValue, FixedValue, Empty, TFunctions> session) : IWorkloadReader
    where TFunctions : IFunctions<FixedKey, FixedValue, FixedValue, FixedValue, Empty>
{
    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
    {
        var fixedKey = FixedKey.Of(key);
        Unsafe.SkipInit(out FixedValue found);
        var status = session.Read(ref fixedKey, ref found);
        if (status.IsPending)
        {
            throw new InvalidOperationException("The row left memory: the log is too small for this workload.");
        }

        value = status.Found ? ValueDigest.Of(found.AsSpan()) : default;
        return status.Found;
    }

    public void Dispose() => session.Dispose();
}
