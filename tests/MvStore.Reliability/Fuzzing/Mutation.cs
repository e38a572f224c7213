using System.Buffers.Binary;

namespace MvStore.Reliability.Fuzzing;

/// <summary>Makes wrong input out of right input.</summary>
internal static class Mutation
{
    private const int MostChanges = 4;
    private static readonly long[] Edges = [0, 1, -1, 127, 128, 255, 256, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 65_535, 65_536, 900_000_001];

    /// <summary>Changes some bytes, in one way or in several.</summary>
    public static byte[] Of(byte[] right, Random random)
    {
        var bytes = right.ToArray();
        for (var changes = random.Next(1, MostChanges + 1); changes > 0; changes--)
        {
            bytes = Once(bytes, random);
        }

        return bytes;
    }

    private static byte[] Once(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length + 1);
        var length = random.Next(Math.Min(bytes.Length - at, 40) + 1);
        switch (random.Next(7))
        {
            case 0 when at < bytes.Length:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1 when at < bytes.Length:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..at], .. bytes.AsSpan(at, length), .. bytes[at..]];
            case 5:
                var noise = new byte[random.Next(20)];
                random.NextBytes(noise);
                return [.. bytes[..at], .. noise, .. bytes[at..]];
            default:
                PutEdge(bytes.AsSpan(at), random);
                return bytes;
        }
    }

    private static void PutEdge(Span<byte> at, Random random)
    {
        var edge = Edges[random.Next(Edges.Length)];
        if (at.Length >= sizeof(long) && random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(at, edge);
        }
        else if (at.Length >= sizeof(int))
        {
            BinaryPrimitives.WriteInt32LittleEndian(at, unchecked((int)edge));
        }
    }
}
