using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// How a commit lies in the ring: for each entry the lengths of key and value, the latter negative for a deletion (4 bytes each, as the processor orders them), then key and value. What it only drops is not there. Readers get a copy that is theirs.
/// </summary>
internal static class ChangeCopies
{
    /// <summary>Bytes of an entry beside key and value.</summary>
    public const int HeaderBytes = 2 * sizeof(int);

    // Up to here all keys and values of a commit stay in the one array they were copied into, which spares most allocations. Above, each entry gets its own, so that none of a commit of small ones is a large object.
    private const int MostTogether = 64 << 10;

    /// <summary>Writes entries down.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="into">Where to; long enough.</param>
    public static void Write(ReadOnlySpan<PreparedEntry> entries, Span<byte> into)
    {
        foreach (ref readonly var entry in entries)
        {
            var key = entry.Key;
            var value = entry.Value;
            Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(into[..HeaderBytes]), (key.Length, entry.IsTombstone ? -1 : value.Length));
            key.CopyTo(into[HeaderBytes..]);
            value.CopyTo(into[(HeaderBytes + key.Length)..]);
            into = into[(HeaderBytes + key.Length + value.Length)..];
        }
    }

    /// <summary>An array for a copy, to be given to <see cref="Return"/> afterwards.</summary>
    public static byte[] Rent(int length) => length <= MostTogether ? GC.AllocateUninitializedArray<byte>(length) : ArrayPool<byte>.Shared.Rent(length);

    /// <summary>Takes an array back, whether it was read or not.</summary>
    public static void Return(byte[] copy, int length)
    {
        if (length > MostTogether)
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    /// <summary>Reads what was written, in key order. The changes may refer to the array; they do not if it is from the pool.</summary>
    /// <param name="copy">A copy of it, at the beginning of an array of <see cref="Rent"/>.</param>
    /// <param name="length">Its length.</param>
    /// <param name="entries">How many entries there are.</param>
    public static KeyChange[] Read(byte[] copy, int length, int entries)
    {
        var changes = new KeyChange[entries];
        var at = 0;
        for (var i = 0; i < entries; i++)
        {
            var (keyLength, valueLength) = Unsafe.ReadUnaligned<(int, int)>(ref copy.AsSpan(at, HeaderBytes)[0]);
            var memory = copy.AsMemory(at + HeaderBytes, keyLength + Math.Max(0, valueLength));
            memory = length <= MostTogether ? memory : memory.ToArray();
            ReadOnlyMemory<byte>? value = valueLength < 0 ? default(ReadOnlyMemory<byte>?) : memory[keyLength..];
            changes[i] = new KeyChange(value is null ? KeyChangeKind.Remove : KeyChangeKind.Set, memory[..keyLength], value, OldValue: null);
            at += HeaderBytes + memory.Length;
        }

        changes.AsSpan().Sort(static (left, right) => left.Key.Span.SequenceCompareTo(right.Key.Span));
        return changes;
    }
}
