using System.Buffers.Binary;
using CsCheck;
using MvStore.Reading;

namespace MvStore.Tests.Reading;

/// <summary>The order of the keys of one read (contract B3), against sorting whole keys.</summary>
public sealed class KeyOrderTests
{
    [Fact]
    public void B3_KeysComeInBytewiseOrderEachOnce()
    {
        // Few different bytes, and a common beginning, so that heads agree often, up to the padding.
        var tail = Gen.Int[0, 2].Select(b => b == 2 ? (byte)255 : (byte)b).Array[0, 12];
        Gen.Select(Gen.Byte.Array[0, 10], tail.Array[0, 40]).Sample((prefix, tails) =>
        {
            ReadOnlyMemory<byte>[] keys = [.. tails.Select(t => (ReadOnlyMemory<byte>)(byte[])[.. prefix, .. t])];

            var ordered = KeyOrder.DistinctAscending(keys).Select(k => Convert.ToHexString(k.Span));

            var expected = keys.Select(k => Convert.ToHexString(k.Span)).Distinct().Order(StringComparer.Ordinal);
            ordered.Should().Equal(expected);
        });
    }

    [Theory]
    [InlineData(2)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    public void B3_AnyNumberOfKeysComesInOrderEachOnce(int count)
    {
        // Two distant stretches whose keys differ in the lowest bits only, each key but the first twice.
        ReadOnlyMemory<byte>[] keys = [.. Enumerable.Range(0, count).Select(i => KeyOf((ulong)(i / 2 * 7919 % count)))];

        var ordered = KeyOrder.DistinctAscending(keys);

        ordered.Select(NumberOf).Should().Equal(keys.Select(NumberOf).Distinct().Order());

        static ReadOnlyMemory<byte> KeyOf(ulong number)
        {
            var key = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(key, number % 2 == 0 ? number : ulong.MaxValue - number);
            return key;
        }

        static ulong NumberOf(ReadOnlyMemory<byte> key) => BinaryPrimitives.ReadUInt64BigEndian(key.Span);
    }

    [Fact]
    public void B3_WhatIsHandedInIsNotReordered()
    {
        ReadOnlyMemory<byte>[] keys = [new byte[] { 2 }, new byte[] { 1 }, new byte[] { 2 }];

        KeyOrder.DistinctAscending(keys).Should().HaveCount(2);

        keys.Select(k => k.Span[0]).Should().Equal(2, 1, 2);
    }
}
