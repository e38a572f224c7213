using System.Globalization;
using System.Text;

namespace MvStore.Tests.Text;

/// <summary>
/// Keys and values as a test author writes them: printable ASCII stands for itself, everything else is <c>\xNN</c>, and nothing at all
/// is <c>''</c>. What <see cref="Format"/> writes, <see cref="Parse"/> reads.
/// </summary>
internal static class ByteText
{
    private const string Nothing = "''";
    private const string Special = "\\'\",:=@[]()#";

    public static byte[] Parse(string text)
    {
        if (text == Nothing)
        {
            return [];
        }

        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.Add(checked((byte)text[i]));
                continue;
            }

            if (i + 3 >= text.Length || text[i + 1] != 'x')
            {
                throw new FormatException($"'{text}': a backslash begins \\xNN.");
            }

            bytes.Add(byte.Parse(text.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            i += 3;
        }

        return [.. bytes];
    }

    public static string Format(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Nothing;
        }

        var text = new StringBuilder();
        foreach (var b in bytes)
        {
            if (b is > 0x20 and < 0x7F && !Special.Contains((char)b, StringComparison.Ordinal))
            {
                text.Append((char)b);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
            }
        }

        return text.ToString();
    }
}
