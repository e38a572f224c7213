namespace MvStore.Tests.Documentation;

/// <summary>A C# program in a page, and what the page says it prints: the <c>text</c> block right behind it, if there is one.</summary>
/// <param name="Page">The page's path in the repository.</param>
/// <param name="Line">The line its code begins at, from 1.</param>
/// <param name="Code">The program.</param>
/// <param name="Output">What it prints, or nothing.</param>
internal sealed record Snippet(string Page, int Line, string Code, string Output)
{
    private const string Fence = "```";

    public static IEnumerable<Snippet> In(string page, string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim() != Fence + "csharp")
            {
                continue;
            }

            var start = i + 1;
            i = EndOfBlock(lines, start);
            var code = string.Join('\n', lines[start..i]);
            var next = Array.FindIndex(lines, i + 1, line => line.Trim().Length > 0);
            var output = string.Empty;
            if (next >= 0 && lines[next].Trim() == Fence + "text")
            {
                i = EndOfBlock(lines, next + 1);
                output = string.Join('\n', lines[(next + 1)..i]);
            }

            yield return new Snippet(page, start + 1, code, output);
        }
    }

    /// <summary>The contents of every block of a language.</summary>
    public static IEnumerable<string> BlocksOf(string text, string language)
        => text.ReplaceLineEndings("\n").Split($"\n{Fence}{language}\n").Skip(1).Select(rest => rest.Split($"\n{Fence}\n")[0]);

    public override string ToString() => $"{Page}:{Line}";

    private static int EndOfBlock(string[] lines, int start)
    {
        var end = Array.FindIndex(lines, start, line => line.Trim() == Fence);
        return end >= 0 ? end : throw new FormatException($"The block that begins at line {start} does not end.");
    }
}
