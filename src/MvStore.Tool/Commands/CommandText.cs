namespace MvStore.Tool.Commands;

/// <summary>
/// What help says of a command: what it does, and behind a line <c>Examples:</c> how it is used. Lists of commands and completions show the first only.
/// </summary>
/// <param name="Summary">What it does.</param>
/// <param name="Examples">How it is used, a line for each, with what it does behind it; null for nothing.</param>
internal sealed record CommandText(string Summary, string? Examples)
{
    private const string Heading = "\n\nExamples:\n";

    /// <summary>Tells the two parts apart.</summary>
    public static CommandText Of(string text)
    {
        var plain = text.ReplaceLineEndings("\n");
        var at = plain.IndexOf(Heading, StringComparison.Ordinal);
        return at < 0 ? new CommandText(plain, null) : new CommandText(plain[..at], plain[(at + Heading.Length)..]);
    }
}
