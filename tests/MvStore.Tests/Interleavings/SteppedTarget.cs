using MvStore.Contracts;

namespace MvStore.Tests.Interleavings;

/// <summary>The buffer as committers see it, with a point around linking.</summary>
internal sealed class SteppedTarget(ICommitTarget inner, Stepper stepper) : ICommitTarget
{
    public bool FailsNext { get; set; }

    public void Link(PreparedCommit commit, bool fresh)
    {
        stepper.Point("before link");
        inner.Link(commit, fresh);
        stepper.Point("after link");
        if (FailsNext)
        {
            FailsNext = false;
            throw new InvalidOperationException("planned");
        }
    }

    public void Unlink(PreparedCommit commit)
    {
        stepper.Point("before unlink");
        inner.Unlink(commit);
        stepper.Point("after unlink");
    }
}
