using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MvStore.Contracts;

/// <summary>
/// The hash of a key: multiply and fold, 16 bytes a round, after wyhash (Wang Yi, public domain). Seeded once a process, so that nobody outside can
/// choose keys that collide.
/// </summary>
internal static class KeyHash
{
    private const ulong First = 0xA076_1D64_78BD_642F;
    private const ulong Second = 0xE703_7ED1_A0B4_28DB;

    private static readonly ulong Seed = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>The hash of a key. Every bit is good.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> key)
        => key.Length == 16
            ? Fold(Fold(Load(key, 0) ^ First ^ Seed, Load(key, 8) ^ Second) ^ First, 16 ^ Second)
            : OfAnyLength(key);

    private static ulong OfAnyLength(ReadOnlySpan<byte> key)
    {
        var hash = Seed;
        var rest = key;
        while (rest.Length > 16)
        {
            hash = Fold(Load(rest, 0) ^ First ^ hash, Load(rest, 8) ^ Second);
            rest = rest[16..];
        }

        Span<byte> last = stackalloc byte[16];
        last.Clear();
        rest.CopyTo(last);
        return Fold(Fold(Load(last, 0) ^ First ^ hash, Load(last, 8) ^ Second) ^ First, (ulong)key.Length ^ Second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(ReadOnlySpan<byte> bytes, int at)
        => BinaryPrimitives.ReadUInt64LittleEndian(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref MemoryMarshal.GetReference(bytes), at), sizeof(ulong)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
