using System.Runtime.CompilerServices;
using MvStore.Unmanaged;

namespace MvStore.Tests.Unmanaged;

/// <summary>
/// With MVSTORE_CHECKED_HEAP=1 every store of a run lives in a checked heap: what is freed is filled with a pattern and not used again, so that a use after free shows as a
/// wrong answer, and a double free, a wrong size or a write behind a block as an exception.
/// </summary>
internal static class CheckedHeapSwitch
{
    public const string Variable = "MVSTORE_CHECKED_HEAP";

#pragma warning disable CA2255 // The switch must be set before the first test opens a store, whichever that is.
    [ModuleInitializer]
    internal static void Apply() => NativeHeap.ChecksByDefault = Environment.GetEnvironmentVariable(Variable) == "1";
#pragma warning restore CA2255

    /// <summary>Lets stores that are opened from now on live in a checked heap. For tests that run alone.</summary>
    /// <returns>Dispose it to go back to what was.</returns>
    public static IDisposable On()
    {
        var before = NativeHeap.ChecksByDefault;
        NativeHeap.ChecksByDefault = true;
        return new Restored(before);
    }

    private sealed class Restored(bool before) : IDisposable
    {
        public void Dispose() => NativeHeap.ChecksByDefault = before;
    }
}
