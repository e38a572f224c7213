using System.Buffers.Binary;

namespace MvStore.Reading;

/// <summary>
/// Writes and reads page tokens: a format byte, seven little-endian 64-bit numbers, the key, and an FNV-1a fingerprint of all before it.
/// </summary>
internal static class PageTokenCodec
{
    private const byte Format = 1;
    private const int Numbers = 7;
    private const int HeaderLength = 1 + (Numbers * sizeof(ulong));

    /// <summary>Encodes a token.</summary>
    public static PageToken Encode(PageTokenContent content)
    {
        var bytes = new byte[HeaderLength + content.After.Key.Length + sizeof(ulong)];
        bytes[0] = Format;
        ReadOnlySpan<ulong> numbers =
        [
            content.Opening,
            content.Request,
            content.View.At.Value,
            content.View.Sequence,
            content.Visible.Value,
            content.Generation,
            content.After.Version.Value,
        ];
        for (var i = 0; i < Numbers; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1 + (i * sizeof(ulong))), numbers[i]);
        }

        content.After.Key.CopyTo(bytes.AsMemory(HeaderLength));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.Length - sizeof(ulong)), Fingerprint.Of(bytes.AsSpan(0, bytes.Length - sizeof(ulong))));
        return new PageToken(bytes);
    }

    /// <summary>Decodes a token that came back.</summary>
    /// <exception cref="ArgumentException">It is not one, or damaged.</exception>
    public static PageTokenContent Decode(PageToken token)
    {
        var bytes = token.Bytes.Span;
        if (bytes.Length < HeaderLength + sizeof(ulong) || bytes[0] != Format)
        {
            throw Damaged();
        }

        var body = bytes[..^sizeof(ulong)];
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]) != Fingerprint.Of(body))
        {
            throw Damaged();
        }

        return new PageTokenContent(
            NumberAt(body, 0),
            NumberAt(body, 1),
            new TierView(NumberAt(body, 2), NumberAt(body, 3)),
            NumberAt(body, 4),
            NumberAt(body, 5),
            new TierPosition(body[HeaderLength..].ToArray(), NumberAt(body, 6)));

        static ulong NumberAt(ReadOnlySpan<byte> body, int index)
            => BinaryPrimitives.ReadUInt64LittleEndian(body[(1 + (index * sizeof(ulong)))..]);
    }

    private static ArgumentException Damaged()
        => new("The page token is not one this store issued, or it is damaged. Begin the scan again.", "continuation");
}
