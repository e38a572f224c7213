using CsCheck;
using MvStore.Unmanaged;

namespace MvStore.Tests.Unmanaged;

/// <summary>Any sequence of allocating, freeing, retiring and collecting, under one stripe or several, inside and outside epochs, against a model.</summary>
[Collection(UnmanagedMemory.Name)]
public sealed class NativeHeapModelTests
{
    private static Gen<int> AnySize { get; } = Gen.OneOf(
        Gen.Int[1, 700],
        Gen.OneOf<int>(32, 128, 160, 1024, 1536),
        Gen.Int[700, 9000],
        Gen.Int[8000, 60_000],
        Gen.Int[500_000, 600_000]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Blocks_never_overlap_and_every_byte_is_accounted_for(bool isChecked)
        => Gen.Select(Gen.Int[0, 14], AnySize, Gen.Int[0, 1_000_000]).Array[0, 300].Sample(
            operations =>
            {
                using var harness = new HeapHarness(isChecked);
                foreach (var (operation, size, pick) in operations)
                {
                    harness.Do(operation, size, pick);
                }

                harness.End();
            },
            iter: isChecked ? 60 : 300,
            threads: 1); // A reader of one sample would hold back what another one waits for.

    [Theory]
    [InlineData(160)]
    [InlineData(1504)]
    [InlineData(20_000)]
    public void A_heap_that_shrinks_gives_memory_back(int size)
    {
        const int Blocks = 3000;
        const int Kept = 50;
        using var harness = new HeapHarness(isChecked: false);
        for (var i = 0; i < Blocks; i++)
        {
            harness.Allocate(size);
        }

        var most = harness.ReservedBytes;
        for (var i = Blocks; i > Kept; i--)
        {
            harness.Free(i / 2, nested: false);
        }

        harness.Collect();
        if (size * Blocks > 16 * HeapChunk.Size)
        {
            harness.ReservedBytes.Should().BeLessThan(most * 3 / 4);
        }

        harness.End();
    }
}
