using MvStore.Contracts;

namespace MvStore.Tests.Contracts;

/// <summary>The checksum that files are written with: another one would make them unreadable (F5).</summary>
public sealed class Crc32CTests
{
    [Fact]
    public void F5_ItIsTheOneThatEverybodyCallsSo()
    {
        (~Crc32C.Append(uint.MaxValue, "123456789"u8)).Should().Be(0xE306_9283);
        (~Crc32C.Append(uint.MaxValue, new byte[32])).Should().Be(0x8A91_36AA);
        (~Crc32C.Append(uint.MaxValue, [])).Should().Be(0);
    }

    [Fact]
    public void F5_EightBytesAtATimeAreTheSameAsBitAfterBit()
    {
        var bytes = new byte[40];
        new Random(5).NextBytes(bytes);
        for (var length = 0; length <= bytes.Length; length++)
        {
            Crc32C.Append(77, bytes.AsSpan(0, length)).Should().Be(BitAfterBit(77, bytes.AsSpan(0, length)), "of {0} bytes", length);
        }
    }

    private static uint BitAfterBit(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0x82F6_3B78);
            }
        }

        return crc;
    }
}
