using System.Runtime.CompilerServices;

namespace MvStore.Unmanaged;

/// <summary>
/// The sizes in which small blocks are handed out: every 16 bytes up to 512, then 12.5 % apart, each such that it fills a page as far as possible.
/// </summary>
internal static unsafe class SizeClasses
{
    /// <summary>The largest size that has a class.</summary>
    public const int Largest = 8192;

    /// <summary>What all sizes are multiples of.</summary>
    public const int Granule = 16;

    /// <summary>One more than the highest class. Class 0 has no size.</summary>
    public const int Count = 64;

    private const int LastFine = 512;

    // Pinned, so that stripes can look into it without a bound check. Written once, by the static constructor.
    private static readonly byte[] Table = GC.AllocateArray<byte>((Largest / Granule) + 1, pinned: true);
    private static readonly byte[] NoClass = GC.AllocateArray<byte>((Largest / Granule) + 1, pinned: true);
    private static readonly int[] Sizes = MakeSizes();

    static SizeClasses()
    {
        var sizeClass = 0;
        for (var granules = 0; granules < Table.Length; granules++)
        {
            sizeClass += granules * Granule > Sizes[sizeClass] ? 1 : 0;
            Table[granules] = (byte)sizeClass;
        }
    }

    /// <summary>The classes by size, rounded up, in granules.</summary>
    public static byte* ByGranules => (byte*)Unsafe.AsPointer(ref Table[0]);

    /// <summary>The same, but with class 0 for every size.</summary>
    public static byte* NoneByGranules => (byte*)Unsafe.AsPointer(ref NoClass[0]);

    /// <summary>The class of a size.</summary>
    /// <param name="size">1 to <see cref="Largest"/>.</param>
    public static int Of(nuint size) => Table[(int)((size + Granule - 1) / Granule)];

    /// <summary>The size of the blocks of a class.</summary>
    public static int SizeOf(int sizeClass) => Sizes[sizeClass];

    private static int[] MakeSizes()
    {
        var sizes = new List<int> { 0 };
        while (sizes[^1] < LastFine)
        {
            sizes.Add(sizes[^1] + Granule);
        }

        while (sizes[^1] < Largest)
        {
            var wanted = sizes[^1] * 9 / 8;
            var blocks = Math.Min((HeapPage.Size + wanted - 1) / wanted, (HeapPage.Size / sizes[^1]) - 1);
            sizes.Add(HeapPage.Size / blocks / Granule * Granule);
        }

        return [.. sizes];
    }
}
