using System.Collections.Immutable;
using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>The set of open pins: an immutable array, replaced by compare-and-swap. No locks (contract C4). Pins past their age limit
/// leave it when it is looked at.</summary>
internal sealed class PinRegistry : IPinRegistry
{
    // Owner: anyone, by compare-and-swap (full fence). Readers: acquire.
    private ImmutableArray<OpenPin> _pins = [];

    public IReadOnlyList<OpenPin> Current
    {
        get
        {
            // Full fence: the collector's load must not move before its publication of the floor (I8).
            Interlocked.MemoryBarrier();
            var pins = ImmutableInterlocked.InterlockedCompareExchange(ref _pins, [], []);
            foreach (var pin in pins)
            {
                if (pin.IsExpired)
                {
                    // Marked as released before anybody goes by the list without it.
                    Remove(pin);
                    pins = pins.Remove(pin);
                }
            }

            return pins;
        }
    }

    public void Add(OpenPin pin) => ImmutableInterlocked.Update(ref _pins, static (pins, added) => pins.Add(added), pin);

    public void Remove(OpenPin pin)
    {
        pin.Release();
        ImmutableInterlocked.Update(ref _pins, static (pins, removed) => pins.Remove(removed), pin);
    }
}
