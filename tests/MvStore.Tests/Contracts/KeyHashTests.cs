using System.Buffers.Binary;
using MvStore.Contracts;

namespace MvStore.Tests.Contracts;

/// <summary>What the hash of a key must be good for: the record table takes segment, position and tag from it as they are.</summary>
public sealed class KeyHashTests
{
    private const ulong LeftSeed = 0x5851_F42D_4C95_7F2D;
    private const ulong RightSeed = 0x1405_7B7E_F767_814F;

    /// <summary>Every way through the function, and both sides of every border between two.</summary>
    public static TheoryData<int> Lengths => [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 31, 32, 33, 48, 49, 100];

    [Fact]
    public void The_hash_depends_on_the_bytes_alone()
    {
        var random = new Random(1);
        for (var length = 0; length < 70; length++)
        {
            var key = new byte[length];
            random.NextBytes(key);
            for (var offset = 0; offset < 9; offset++)
            {
                var around = new byte[length + 20];
                random.NextBytes(around);
                key.CopyTo(around, offset);
                KeyHash.Of(around.AsSpan(offset, length)).Should().Be(KeyHash.Of(key), "length {0} at {1}", length, offset);
            }
        }
    }

    [Fact]
    public void Keys_that_differ_in_length_or_in_zeros_have_different_hashes()
    {
        var hashes = new HashSet<ulong>();
        var keys = 0;
        for (var length = 0; length < 100; length++)
        {
            // Zeros only; one byte that is not zero, at the front, in the middle, and at the end.
            foreach (var at in new[] { -1, 0, length / 2, length - 1 }.Distinct().Where(at => at < length))
            {
                foreach (var value in at < 0 ? new byte[] { 0 } : [1, 0x80, 0xFF])
                {
                    var key = new byte[length];
                    key.AsSpan(Math.Max(at, 0), at < 0 ? 0 : 1).Fill(value);
                    hashes.Add(Hash(key));
                    keys++;
                }
            }
        }

        hashes.Should().HaveCount(keys);
    }

    [Fact]
    public void All_short_keys_have_different_hashes()
    {
        var hashes = new HashSet<ulong> { Hash([]) };
        for (var value = 0; value < 1 << 16; value++)
        {
            hashes.Add(Hash([(byte)(value >> 8), (byte)value]));
            if (value < 256)
            {
                hashes.Add(Hash([(byte)value]));
            }
        }

        hashes.Should().HaveCount(1 + 256 + 65536);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Each_bit_of_a_key_changes_each_bit_of_the_hash_half_of_the_time(int length)
    {
        const int Samples = 1200;
        var random = new Random(length);
        var flips = new int[length * 8, 64];
        var key = new byte[length];
        for (var sample = 0; sample < Samples; sample++)
        {
            // With other seeds each time: there are not enough keys of one byte.
            random.NextBytes(key);
            var (left, right) = ((ulong)random.NextInt64(), (ulong)random.NextInt64());
            var before = KeyHash.Of(key, left, right);
            for (var bit = 0; bit < length * 8; bit++)
            {
                key[bit / 8] ^= (byte)(1 << (bit % 8));
                var changed = before ^ KeyHash.Of(key, left, right);
                key[bit / 8] ^= (byte)(1 << (bit % 8));
                for (var output = 0; output < 64; output++)
                {
                    flips[bit, output] += (int)(changed >> output) & 1;
                }
            }
        }

        // Seven standard deviations of a fair coin: none of these 50,000 cells would be so far off by chance.
        var tolerance = 7 * Math.Sqrt(Samples) / 2;
        flips.Cast<int>().Should().OnlyContain(count => Math.Abs(count - (Samples / 2.0)) < tolerance);
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(8, false)]
    [InlineData(8, true)]
    [InlineData(16, false)]
    [InlineData(16, true)]
    [InlineData(24, true)]
    [InlineData(40, false)]
    public void Counted_keys_spread_evenly_over_segments_and_tags(int length, bool littleEndian)
    {
        const int Keys = 1 << 18;
        var segments = new int[256];
        var low = new int[256];
        var tags = new HashSet<ulong>();
        var whole = new HashSet<ulong>();
        var key = new byte[length];
        for (var number = 0; number < Keys; number++)
        {
            if (littleEndian)
            {
                BinaryPrimitives.WriteInt32LittleEndian(key, number);
            }
            else
            {
                BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(length - sizeof(int)), number);
            }

            var hash = Hash(key);
            segments[hash >> 56]++;
            low[hash & 0xFF]++;
            tags.Add(hash >> 36);
            whole.Add(hash);
        }

        // Chi-squared with 255 degrees of freedom: 255 on average, a standard deviation of 22.6.
        ChiSquared(segments, Keys / 256.0).Should().BeInRange(255 - 160, 255 + 160);
        ChiSquared(low, Keys / 256.0).Should().BeInRange(255 - 160, 255 + 160);

        // 2^18 balls in 2^28 boxes: about 128 meet in pairs, a standard deviation of 11.
        (Keys - tags.Count).Should().BeInRange(128 - 80, 128 + 80);
        whole.Should().HaveCount(Keys);
    }

    [Fact]
    public void Keys_made_from_the_published_constants_do_not_collide()
    {
        // With a factor that is known, all keys with this half would have one hash.
        ulong[] constants = [0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB, 0, ulong.MaxValue];
        var hashes = new HashSet<ulong>();
        foreach (var constant in constants)
        {
            for (var other = 1UL; other <= 1000; other++)
            {
                hashes.Add(Hash(Halves(constant, other)));
                hashes.Add(Hash(Halves(other, constant)));
            }
        }

        hashes.Should().HaveCount(constants.Length * 2 * 1000);
    }

    private static ulong Hash(ReadOnlySpan<byte> key) => KeyHash.Of(key, LeftSeed, RightSeed);

    private static byte[] Halves(ulong first, ulong second)
    {
        var key = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(key, first);
        BinaryPrimitives.WriteUInt64LittleEndian(key.AsSpan(8), second);
        return key;
    }

    private static double ChiSquared(int[] counts, double expected)
        => counts.Sum(count => (count - expected) * (count - expected) / expected);
}
