using MvStore.Unmanaged;

namespace MvStore.Tests.Unmanaged;

internal static class HeapExtensions
{
    private const int Attempts = 100_000;

    /// <summary>Enters an epoch and leaves it: who leaves carries out what waits for that.</summary>
    public static void LeaveAnEpoch()
    {
        EpochGuard.Enter().Dispose();
        Thread.Yield();
    }

    /// <summary>Collects until nothing is retired any more: another thread may be in an epoch just now, or at the gate of the epochs.</summary>
    public static void CollectAll(this NativeHeap heap)
    {
        heap.Collect();
        for (var attempt = 0; heap.RetiredBytes > 0; attempt++)
        {
            attempt.Should().BeLessThan(Attempts, "some reader seems to stay in its epoch");
            Thread.Yield();
            heap.Collect();
        }

        heap.Collect();
    }
}
