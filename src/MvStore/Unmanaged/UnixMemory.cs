using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>Anonymous mappings of Linux, macOS and FreeBSD.</summary>
/// <remarks>
/// Asks for addresses of its own, ascending from a random start, as mimalloc does (Leijen, Zorn, de Moura, "Mimalloc: free list sharding in action", 2019).
/// That gives aligned memory at once, neighbours that the kernel joins to one mapping (it limits their number), and, where the address space has 48 bits
/// (Linux on ARM64) and is handed out from the top, addresses below 2^47.
/// </remarks>
internal sealed unsafe partial class UnixMemory : SystemMemory
{
    private const int ReadAndWrite = 1 | 2;
    private const int LargePagesAdvice = 14;
    private const int Attempts = 4;
    private const ulong FirstAddress = 2UL << 40;
    private const ulong LastAddress = 30UL << 40;
    private const int RandomBits = 20;
    private const int LargestAlignmentBits = 21;

    private static readonly int PrivateAndAnonymous
        = 2 | (OperatingSystem.IsLinux() || OperatingSystem.IsAndroid() ? 0x20 : 0x1000);

    // Where to ask next. Owner: everyone, by compare-and-swap.
    private static ulong _next = FirstAddress + ((ulong)Random.Shared.NextInt64(1L << RandomBits) << LargestAlignmentBits);

    /// <inheritdoc/>
    public override bool TryGiveBack(byte* memory, nuint size) => Unmap(memory, size) == 0;

    /// <inheritdoc/>
    public override void WishForLargePages(byte* memory, nuint size)
    {
        if (OperatingSystem.IsLinux())
        {
            // Whether the kernel grants it is of no interest.
            _ = Advise(memory, size, LargePagesAdvice);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// By the C library, as the runtime's collector does not wait for a thread that is there. Not by MADV_POPULATE_WRITE: the kernel lets nobody change
    /// mappings meanwhile, and a collection that needs a new region then stands as long (6 ms for a large page).
    /// </remarks>
    public override void Populate(byte* memory, nuint size)
    {
        for (nuint offset = 0; offset < size; offset += Unit)
        {
            _ = Set(memory + offset, 0, 1);
        }
    }

    /// <inheritdoc/>
    protected override byte* Map(nuint size, nuint alignment)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var memory = MapAt(NextAddress(size, alignment), size);
            if (memory == null || IsGood(memory, size, alignment))
            {
                return memory;
            }

            // What cannot be unmapped here and below stays unused: there is nothing else to do about it.
            _ = Unmap(memory, size);
        }

        return MapAnywhere(size, alignment);
    }

    private static bool IsGood(byte* memory, nuint size, nuint alignment)
        => ((nuint)memory & (alignment - 1)) == 0 && (ulong)memory + size <= AddressLimit;

    // With room to cut the aligned part out.
    private static byte* MapAnywhere(nuint size, nuint alignment)
    {
        var memory = MapAt(null, size + alignment);
        if (memory == null)
        {
            return null;
        }

        var aligned = (byte*)(((nuint)memory + alignment - 1) & ~(alignment - 1));
        var before = (nuint)(aligned - memory);
        if (before != 0)
        {
            _ = Unmap(memory, before);
        }

        _ = Unmap(aligned + size, alignment - before);
        return aligned;
    }

    private static byte* NextAddress(nuint size, nuint alignment)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _next);
            var start = (seen + alignment - 1) & ~((ulong)alignment - 1);
            if (start + size > LastAddress)
            {
                start = FirstAddress;
            }

            if (Interlocked.CompareExchange(ref _next, start + size, seen) == seen)
            {
                return (byte*)start;
            }
        }
    }

    private static byte* MapAt(byte* wished, nuint size)
    {
        var memory = Map(wished, size, ReadAndWrite, PrivateAndAnonymous, -1, 0);
        return (nint)memory == -1 ? null : memory;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(byte* address, nuint size, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(byte* memory, nuint size);

    [LibraryImport("libc", EntryPoint = "memset")]
    private static partial byte* Set(byte* memory, int value, nuint size);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* memory, nuint size, int advice);
}
