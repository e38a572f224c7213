using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MvStore.Workloads.Data;

namespace MvStore.Comparisons.Dictionary;

/// <summary>Compares keys by their bytes, also as spans. The hash mixes the first and the last eight.</summary>
internal sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly KeyComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        if (alternate.Length < sizeof(ulong))
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        ref var start = ref MemoryMarshal.GetReference(alternate);
        var first = Unsafe.ReadUnaligned<ulong>(ref start);
        var last = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, alternate.Length - sizeof(ulong)));
        return (int)Mixing.Mix(first ^ (last + (ulong)alternate.Length));
    }
}
