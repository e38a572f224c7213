using MvStore.Reading;

namespace MvStore.Tests.Reading;

public sealed class PageTokenCodecTests
{
    private static readonly PageTokenContent Content =
        new(1, 2, new TierView(ulong.MaxValue, 4), 5, 6, new TierPosition(new byte[] { 0, 255, 7 }, 8));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(1_000)]
    public void ATokenSaysWhatItWasGiven(int keyLength)
    {
        var content = Content with { After = Content.After with { Key = Enumerable.Range(255, keyLength).Select(i => (byte)i).ToArray() } };
        var decoded = PageTokenCodec.Decode(PageTokenCodec.Encode(content));

        decoded.After.Key.ToArray().Should().Equal(content.After.Key.ToArray());
        (decoded with { After = decoded.After with { Key = content.After.Key } }).Should().Be(content);
    }

    [Fact]
    public void B9_ATokenOfAnotherFormatOrTooShortIsRefusedAlthoughItsFingerprintIsRight()
    {
        var shortest = PageTokenCodec.Encode(Content with { After = new TierPosition(default, 8) }).Bytes.ToArray()[..^sizeof(ulong)];
        Refusal([2, .. shortest[1..]]).Should().Contain("Begin the scan again");
        for (var length = 1; length < shortest.Length; length++)
        {
            Refusal(shortest[..length]).Should().Contain("Begin the scan again");
        }

        static string Refusal(byte[] body)
            => Decoding([.. body, .. BitConverter.GetBytes(Fingerprint.Of(body))]).Should().Throw<ArgumentException>().WithParameterName("continuation").Which.Message;
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
