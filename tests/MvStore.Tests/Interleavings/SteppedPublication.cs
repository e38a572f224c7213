using MvStore.Contracts;

namespace MvStore.Tests.Interleavings;

/// <summary>The publication word, with a point before and after each load.</summary>
internal sealed class SteppedPublication(IPublicationSource inner, Stepper stepper) : IPublicationSource
{
    public Publication Current
    {
        get
        {
            stepper.Point("before publication");
            var current = inner.Current;
            stepper.Point("after publication");
            return current;
        }
    }
}
