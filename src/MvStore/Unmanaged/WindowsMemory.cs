using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>Virtual memory of Windows.</summary>
internal sealed unsafe partial class WindowsMemory : SystemMemory
{
    private const uint Commit = 0x1000;
    private const uint Reserve = 0x2000;
    private const uint ReleaseAll = 0x8000;
    private const uint ReadAndWrite = 4;
    private const int Attempts = 16;

    /// <inheritdoc/>
    public override bool TryGiveBack(byte* memory, nuint size) => Free(memory, 0, ReleaseAll) != 0;

    /// <inheritdoc/>
    protected override byte* Map(nuint size, nuint alignment)
    {
        var memory = Allocate(null, size, Reserve | Commit, ReadAndWrite);
        for (var attempt = 0; memory != null && ((nuint)memory & (alignment - 1)) != 0 && attempt < Attempts; attempt++)
        {
            // Look where there is room for an aligned part, let go, and ask for that part: another thread may be faster, then once more.
            _ = Free(memory, 0, ReleaseAll);
            var room = Allocate(null, size + alignment, Reserve, ReadAndWrite);
            if (room == null)
            {
                return null;
            }

            var aligned = (byte*)(((nuint)room + alignment - 1) & ~(alignment - 1));
            _ = Free(room, 0, ReleaseAll);
            memory = Allocate(aligned, size, Reserve | Commit, ReadAndWrite);
            if (memory == null)
            {
                memory = Allocate(null, size, Reserve | Commit, ReadAndWrite);
            }
        }

        if (memory != null && ((nuint)memory & (alignment - 1)) != 0)
        {
            _ = Free(memory, 0, ReleaseAll);
            return null;
        }

        return memory;
    }

    [LibraryImport("kernel32", EntryPoint = "VirtualAlloc")]
    private static partial byte* Allocate(byte* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32", EntryPoint = "VirtualFree")]
    private static partial int Free(byte* address, nuint size, uint type);
}
