using System.CommandLine;

namespace MvStore.Tool.Completing;

/// <summary>A word that can be typed, and what it means.</summary>
/// <param name="Word">The word.</param>
/// <param name="Meaning">The first sentence of its description.</param>
/// <param name="TakesValue">Whether a value follows.</param>
internal sealed record CompletionWord(string Word, string Meaning, bool TakesValue)
{
    /// <summary>A command.</summary>
    public static CompletionWord Of(Command command) => new(command.Name, FirstSentence(command.Description), false);

    /// <summary>An option.</summary>
    public static CompletionWord Of(Option option) => new(option.Name, FirstSentence(option.Description), option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool));

    private static string FirstSentence(string? description)
    {
        var line = (description ?? "").ReplaceLineEndings(" ");
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? line : line[..end]).TrimEnd('.');
    }
}
