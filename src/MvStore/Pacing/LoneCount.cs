using System.Runtime.InteropServices;

namespace MvStore.Pacing;

/// <summary>
/// A number that is written by every commit, away from everything that every commit reads: on one line of the cache they would cost each other a transfer
/// between processors (measured: a third of the commits of four threads).
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 2 * Distance)]
internal struct LoneCount
{
    // Two lines, because processors fetch them in pairs.
    private const int Distance = 128;

    /// <summary>The number. Owner and ordering: see whoever holds it.</summary>
    [FieldOffset(Distance)]
    public long Value;
}
