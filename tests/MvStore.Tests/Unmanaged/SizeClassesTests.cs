using MvStore.Unmanaged;

namespace MvStore.Tests.Unmanaged;

public sealed class SizeClassesTests
{
    [Fact]
    public void Every_size_has_the_least_class_that_holds_it()
    {
        for (var size = 1; size <= SizeClasses.Largest; size++)
        {
            var sizeClass = SizeClasses.Of((nuint)size);
            sizeClass.Should().BeInRange(1, SizeClasses.Count - 1);
            SizeClasses.SizeOf(sizeClass).Should().BeGreaterThanOrEqualTo(size);
            SizeClasses.SizeOf(sizeClass - 1).Should().BeLessThan(size);
        }
    }

    [Fact]
    public void Blocks_are_multiples_of_16_and_waste_little()
    {
        for (nuint size = 1; size <= 4 << 20; size += 1 + (size / 500))
        {
            var block = NativeHeap.BlockSize(size);
            block.Should().BeGreaterThanOrEqualTo(size);
            (block % 16).Should().Be(0);
            (block - size).Should().BeLessThanOrEqualTo((size / 8) + 16, "size {0}", size);
        }
    }

    [Fact]
    public void Pages_are_filled()
    {
        for (nuint size = 16; size <= SizeClasses.Largest; size += 16)
        {
            (HeapPage.Size % (int)NativeHeap.BlockSize(size)).Should().BeLessThan(HeapPage.Size / 64, "blocks of {0} bytes", NativeHeap.BlockSize(size));
        }
    }
}
