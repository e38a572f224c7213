namespace MvStore.Workloads.Engines;

/// <summary>A range to read.</summary>
/// <param name="From">The first key, or null for all keys.</param>
/// <param name="Rows">The most rows wanted.</param>
/// <param name="At">The version to read at.</param>
/// <param name="IsReverse">Whether in descending order; only for all keys.</param>
public readonly record struct RangeRequest(byte[]? From, int Rows, ulong At, bool IsReverse)
{
    public static RangeRequest All(ulong at, bool isReverse) => new(null, int.MaxValue, at, isReverse);
}
