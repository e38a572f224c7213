using System.Runtime.CompilerServices;
using MvStore.Contracts;

namespace MvStore.Buffering;

/// <summary>A row at an address that stays, for the flusher, as long as somebody refers to its array.</summary>
internal static unsafe class PinnedRow
{
    /// <summary>Writes a row.</summary>
    /// <param name="entry">What it holds.</param>
    /// <param name="version">The version of its commit.</param>
    /// <param name="sequence">The publication of its commit.</param>
    /// <param name="row">The row.</param>
    /// <returns>The array it lies in.</returns>
    public static byte[] Write(in PreparedEntry entry, CommitVersion version, ulong sequence, out BufferedRow row)
    {
        var size = (int)NativeEntry.SizeOf(entry.Value.Length);
        var memory = GC.AllocateUninitializedArray<byte>(size + entry.Key.Length, pinned: true);
        var start = (byte*)Unsafe.AsPointer(ref memory[0]);
        NativeEntry.Write((NativeEntry*)start, version.Value, sequence, entry.IsTombstone, isFinal: false, entry.Value);
        entry.Key.CopyTo(memory.AsSpan(size));
        row = new BufferedRow(start + size, entry.Key.Length, (NativeEntry*)start);
        return memory;
    }
}
