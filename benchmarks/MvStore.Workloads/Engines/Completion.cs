using System.Runtime.CompilerServices;

namespace MvStore.Workloads.Engines;

/// <summary>Ends a call on the thread that made it. In memory nearly every call has ended when it returns.</summary>
public static class Completion
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(ValueTask<T> call)
        => call.IsCompleted ? call.GetAwaiter().GetResult() : call.AsTask().GetAwaiter().GetResult();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of(ValueTask call)
    {
        if (call.IsCompleted)
        {
            call.GetAwaiter().GetResult();
        }
        else
        {
            call.AsTask().GetAwaiter().GetResult();
        }
    }
}
