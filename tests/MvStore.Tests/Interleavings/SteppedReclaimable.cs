using MvStore.Contracts;

namespace MvStore.Tests.Interleavings;

/// <summary>The buffer as the collector sees it, with a point around its run.</summary>
internal sealed class SteppedReclaimable(IReclaimable inner, Stepper stepper) : IReclaimable
{
    public BufferReclaimed Reclaim(RetentionRule rule, CancellationToken cancellationToken)
    {
        stepper.Point("before memory is reclaimed");
        var done = inner.Reclaim(rule, cancellationToken);
        stepper.Point("after memory is reclaimed");
        return done;
    }
}
