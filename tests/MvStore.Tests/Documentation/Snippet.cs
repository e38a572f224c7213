namespace MvStore.Tests.Documentation;

/// <summary>
/// A C# block of a page, and what the page says it prints: the <c>text</c> block right behind it, if there is one. The fence says what it builds on: <c>csharp</c> is a program of its own,
/// <c>csharp as NAME</c> one that others build on, <c>csharp on NAME</c> goes on behind the block with that name on the same page, <c>csharp on NAME as NAME</c> is both, and <c>csharp not run: REASON</c> is none.
/// </summary>
/// <param name="Page">The page's path in the repository.</param>
/// <param name="Line">The line its code begins at, from 1.</param>
/// <param name="Code">The program, or the part of one.</param>
/// <param name="Output">What it prints, or nothing.</param>
internal sealed record Snippet(string Page, int Line, string Code, string Output)
{
    private const string Fence = "```";
    private const string Language = "csharp";

    /// <summary>What others on the page call it; null if none builds on it.</summary>
    public string? Name { get; private init; }

    /// <summary>The block it goes on behind; null for none.</summary>
    public string? Basis { get; private init; }

    /// <summary>Why it is not run; null if it is.</summary>
    public string? ReasonNotToRun { get; private init; }

    /// <summary>The blocks of a page.</summary>
    /// <param name="page">The page's path.</param>
    /// <param name="text">The page.</param>
    /// <exception cref="FormatException">A fence says what no test understands, or does not end.</exception>
    public static IEnumerable<Snippet> In(string page, string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var info = lines[i].Trim();
            if (!info.StartsWith(Fence, StringComparison.Ordinal))
            {
                continue;
            }

            var start = i + 1;
            i = EndOfBlock(page, lines, start);
            if (!info.StartsWith(Fence + Language, StringComparison.Ordinal))
            {
                continue;
            }

            var indent = lines[start - 1].Length - lines[start - 1].TrimStart().Length;
            var code = string.Join('\n', lines[start..i].Select(line => line.Length >= indent ? line[indent..] : line));
            var next = Array.FindIndex(lines, i + 1, line => line.Trim().Length > 0);
            var output = string.Empty;
            if (next >= 0 && lines[next].Trim() == Fence + "text")
            {
                i = EndOfBlock(page, lines, next + 1);
                output = string.Join('\n', lines[(next + 1)..i]);
            }

            yield return Marked(new Snippet(page, start + 1, code, output), info[(Fence + Language).Length..].Trim());
        }
    }

    /// <summary>The contents of every block of a language.</summary>
    public static IEnumerable<string> BlocksOf(string text, string language)
        => text.ReplaceLineEndings("\n").Split($"\n{Fence}{language}\n").Skip(1).Select(rest => rest.Split($"\n{Fence}\n")[0]);

    public override string ToString() => $"{Page}:{Line}";

    private static Snippet Marked(Snippet snippet, string marker)
        => marker.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries) switch
        {
            [] => snippet,
            ["as", var name] => snippet with { Name = name },
            ["on", var basis] => snippet with { Basis = basis },
            ["on", var basis, ['a', 's', ' ', .. var name]] => snippet with { Basis = basis, Name = name },
            ["not", "run:", var reason] => snippet with { ReasonNotToRun = reason },
            _ => throw new FormatException($"{snippet}: '{marker}' behind '{Language}' is none of: as NAME, on NAME, on NAME as NAME, not run: REASON."),
        };

    private static int EndOfBlock(string page, string[] lines, int start)
    {
        var end = Array.FindIndex(lines, start, line => line.Trim() == Fence);
        return end >= 0 ? end : throw new FormatException($"{page}: the block that begins at line {start} does not end.");
    }
}
