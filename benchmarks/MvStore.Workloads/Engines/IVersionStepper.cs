using MvStore.Workloads.Data;

namespace MvStore.Workloads.Engines;

/// <summary>A reader that steps back one version a call.</summary>
public interface IVersionStepper : IWorkloadReader
{
    /// <summary>The newest version of a key before another.</summary>
    bool TryStepBack(ReadOnlySpan<byte> key, ulong before, out ValueDigest value);
}
