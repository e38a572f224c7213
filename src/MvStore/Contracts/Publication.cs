using System.Runtime.CompilerServices;

namespace MvStore.Contracts;

/// <summary>How far publication has come, of one instant. Immutable; one reference to it is the published word (DESIGN.md 5).</summary>
/// <param name="Sequence">Publications up to here are visible.</param>
/// <param name="Highest">The highest version among them.</param>
/// <param name="Visible">The highest version among them with no lower one in flight. Never goes back.</param>
/// <param name="LastLateSequence">The last publication whose version was not above the visible version of its time.</param>
internal sealed record Publication(ulong Sequence, CommitVersion Highest, CommitVersion Visible, ulong LastLateSequence)
{
    /// <summary>What a read at a version can see now: "latest" is the highest version of this instant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TierView ViewAt(CommitVersion at) => new(at == CommitVersion.Latest ? Highest : at, Sequence);
}
