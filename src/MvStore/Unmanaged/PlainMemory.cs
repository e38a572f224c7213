using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>Memory of the C library, for systems whose own calls are not known here.</summary>
internal sealed unsafe class PlainMemory : SystemMemory
{
    /// <inheritdoc/>
    public override bool TryGiveBack(byte* memory, nuint size)
    {
        NativeMemory.AlignedFree(memory);
        return true;
    }

    /// <inheritdoc/>
    protected override byte* Map(nuint size, nuint alignment)
    {
        try
        {
            return (byte*)NativeMemory.AlignedAlloc(size, alignment);
        }
        catch (OutOfMemoryException)
        {
            // The contract of this seam is null; the heap throws.
            return null;
        }
    }
}
