using MvStore.Contracts;

namespace MvStore.Tests.Interleavings;

/// <summary>The pins, with a point around each use.</summary>
internal sealed class SteppedPins(IPinRegistry inner, Stepper stepper) : IPinRegistry
{
    public IReadOnlyList<OpenPin> Current
    {
        get
        {
            stepper.Point("before pins");
            var current = inner.Current;
            stepper.Point("after pins");
            return current;
        }
    }

    public void Add(OpenPin pin)
    {
        stepper.Point("before pin");
        inner.Add(pin);
        stepper.Point("after pin");
    }

    public void Remove(OpenPin pin)
    {
        stepper.Point("before unpin");
        inner.Remove(pin);
        stepper.Point("after unpin");
    }
}
