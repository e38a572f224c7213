using System.Buffers;
using System.Globalization;
using System.Text;

namespace MvStore.Tool.Rendering;

/// <summary>
/// Shows bytes and foreign text to people. Nothing that comes out contains a control character, so that no repository can move the
/// cursor of a terminal or break a line of a pipe.
/// </summary>
internal static class PathText
{
    /// <summary>
    /// A path: as it is when it is plain UTF-8, otherwise quoted as git quotes paths, <c>"a\nb\377"</c>.
    /// </summary>
    public static string Quote(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder(path.Length + 2);
        var plain = true;
        for (var rest = path; !rest.IsEmpty;)
        {
            var status = Rune.DecodeFromUtf8(rest, out var rune, out var length);
            if (status == OperationStatus.Done && !IsHarmful(rune) && rune.Value is not ('"' or '\\'))
            {
                text.Append(rune);
            }
            else
            {
                plain = false;
                AppendEscaped(text, rest[..length]);
            }

            rest = rest[length..];
        }

        return plain ? text.ToString() : $"\"{text}\"";
    }

    /// <summary>Text of somebody else's, such as a name or a subject: characters that could do harm become U+FFFD.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append(IsHarmful(rune) ? Rune.ReplacementChar : rune);
        }

        return clean.ToString();
    }

    private static bool IsHarmful(Rune rune)
        => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static void AppendEscaped(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            text.Append('\\').Append(value switch
            {
                (byte)'"' => "\"",
                (byte)'\\' => "\\",
                (byte)'\n' => "n",
                (byte)'\t' => "t",
                (byte)'\r' => "r",
                _ => Convert.ToString(value, 8).PadLeft(3, '0'),
            });
        }
    }
}
