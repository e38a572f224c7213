using System.Runtime.CompilerServices;
using FASTER.core;
using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Faster;

/// <summary>Reads from FASTER with a session of its own.</summary>
internal sealed class FasterReader(FasterKV<FixedKey, FixedValue> store) : IWorkloadReader
{
    private readonly ClientSession<FixedKey, FixedValue, FixedValue, FixedValue, Empty, IFunctions<FixedKey, FixedValue, FixedValue, FixedValue, Empty>>
        _session = store.NewSession<FixedValue, FixedValue, Empty>(new SimpleFunctions<FixedKey, FixedValue>());

    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
    {
        var fixedKey = FixedKey.Of(key);
        Unsafe.SkipInit(out FixedValue found);
        var status = _session.Read(ref fixedKey, ref found);
        if (status.IsPending)
        {
            throw new InvalidOperationException("The row left memory: the log is too small for this workload.");
        }

        value = status.Found ? ValueDigest.Of(found.AsSpan()) : default;
        return status.Found;
    }

    public void Dispose() => _session.Dispose();
}
