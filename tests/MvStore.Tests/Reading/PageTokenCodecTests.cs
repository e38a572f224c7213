using MvStore.Reading;

namespace MvStore.Tests.Reading;

public sealed class PageTokenCodecTests
{
    private static readonly PageTokenContent Content =
        new(1, 2, new TierView(ulong.MaxValue, 4), 5, 6, new TierPosition(new byte[] { 0, 255, 7 }, 8));

    [Fact]
    public void ATokenSaysWhatItWasGiven()
    {
        var decoded = PageTokenCodec.Decode(PageTokenCodec.Encode(Content));

        decoded.After.Key.ToArray().Should().Equal(Content.After.Key.ToArray());
        (decoded with { After = decoded.After with { Key = Content.After.Key } }).Should().Be(Content);
    }

    [Fact]
    public void B9_EveryFlippedBitAndEveryCutIsNoticed()
    {
        var bytes = PageTokenCodec.Encode(Content).Bytes.ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Decoding(damaged).Should().Throw<ArgumentException>("bit {0}", bit);
        }

        for (var length = 0; length < bytes.Length; length++)
        {
            Decoding(bytes[..length]).Should().Throw<ArgumentException>("length {0}", length);
        }
    }

    private static Action Decoding(byte[] bytes) => () => PageTokenCodec.Decode(new PageToken(bytes));
}
