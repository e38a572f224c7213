using CsCheck;

namespace MvStore.Tests.Buffering;

/// <summary>Keys that share prefixes, end in 0x00 and 0xFF, and differ before, at and behind the eighth byte.</summary>
internal static class AwkwardKeys
{
    public static byte[][] All { get; } =
    [
        [], [0], [0, 0], [0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0xFF],
        [0, 0, 0, 0, 0, 0, 0, 0, 1], [1], [1, 0], [1, 0, 0, 0, 0, 0, 0, 0, 0], [1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 0],
        [1, 2, 3, 4, 5, 6, 7, 0, 0], [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8, 0], [1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 4, 5, 6, 7, 8, 0xFF], [1, 0xFF], [1, 0xFF, 0xFF], [0x7F], [0x80], [0xFE, 0xFF], [0xFF], [0xFF, 0], [0xFF, 0xFF],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ];

    public static Gen<byte[]> Any { get; } = Gen.OneOf<byte[]>(
        Gen.OneOf(All),
        Gen.OneOf<byte>(0, 1, 0xFF).Array[0, 10],
        Gen.Byte.Array[0, 3],
        Gen.Select(Gen.Int[0, 60], Gen.OneOf<byte>(0, 1, 0xFF).Array[0, 3], (length, end) => (byte[])[.. new byte[length], .. end]));

    public static byte[] Sequential(int number) => [(byte)(number >> 16), (byte)(number >> 8), (byte)number];

    /// <summary>One of about 5,000 keys of up to 12 bytes, half of them with a common prefix longer than eight.</summary>
    public static byte[] Random(Random random)
    {
        var tail = Sequential(random.Next(2500)).AsSpan(random.Next(2) + 1);
        return random.Next(2) == 0 ? tail.ToArray() : [1, 1, 1, 1, 1, 1, 1, 1, 1, .. tail];
    }
}
