using System.Runtime.InteropServices;

namespace MvStore.Workloads.Measuring;

/// <summary>
/// Has the machine keep memory ready for a run, whichever engine takes it. A virtual machine that reports its free memory to its host loses it within seconds,
/// and the first touch afterwards waits for the host: 0.4 GB/s were seen where 11 GB/s are usual. A run would then measure the host, the more the faster an
/// engine is. What is touched and freed here just before a run is still there when the run begins.
/// </summary>
public static unsafe class PresentMemory
{
    private const long LargestShare = 4;
    private const nuint Step = 4096;

    /// <summary>Touches memory and frees it.</summary>
    /// <param name="bytes">How much; at most a quarter of what the machine has.</param>
    public static void Prepare(long bytes)
    {
        var size = (nuint)Math.Min(bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / LargestShare);
        var memory = (byte*)NativeMemory.Alloc(size);
        for (nuint offset = 0; offset < size; offset += Step)
        {
            Volatile.Write(ref memory[offset], 1);
        }

        NativeMemory.Free(memory);
    }
}
