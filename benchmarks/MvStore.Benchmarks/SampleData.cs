using System.Buffers.Binary;

namespace MvStore.Benchmarks;

/// <summary>Keys and values of the workloads: an 8-byte prefix and an 8-byte id, mixed so that inserts arrive in random order.</summary>
internal static class SampleData
{
    public const int ValueLength = 100;

    private const int PrefixLength = 8;
    private const int KeyLength = 16;
    private const ulong Prefix = 0x6D76_7374_6F72_6500;

    /// <summary>The key of an id; neighbours in id are neighbours in order.</summary>
    public static byte[] Key(ulong id)
    {
        var key = new byte[KeyLength];
        BinaryPrimitives.WriteUInt64BigEndian(key, Prefix);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(PrefixLength), id);
        return key;
    }

    /// <summary>The same keys in the same random order for each run.</summary>
    public static byte[][] Keys(int count, int seed)
    {
        var keys = Enumerable.Range(0, count).Select(id => Key((ulong)id)).ToArray();
        new Random(seed).Shuffle(keys);
        return keys;
    }

    public static byte[] Value(int seed)
    {
        var value = new byte[ValueLength];
        new Random(seed).NextBytes(value);
        return value;
    }
}
