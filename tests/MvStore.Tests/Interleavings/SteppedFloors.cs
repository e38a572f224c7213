using MvStore.Contracts;

namespace MvStore.Tests.Interleavings;

/// <summary>The floors, with a point before and after each load.</summary>
internal sealed class SteppedFloors(IFloorSource inner, Stepper stepper) : IFloorSource
{
    public PublishedFloors Current
    {
        get
        {
            stepper.Point("before floors");
            var current = inner.Current;
            stepper.Point("after floors");
            return current;
        }
    }
}
