using MvStore.Reliability.Kills;

namespace MvStore.Reliability;

/// <summary>A test that lets system calls of a process fail by strace.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StraceTheoryAttribute : TheoryAttribute
{
    public StraceTheoryAttribute() => Skip = Strace.IsHere ? null : "There is no strace here, or it may not trace.";
}
