using System.CommandLine;
using System.CommandLine.Parsing;

namespace MvStore.Tool.Commands;

/// <summary>Says in one line what is wrong with a command line, and what to do.</summary>
internal static class UsageMistake
{
    /// <summary>As many letters may differ in a word that is taken for another one.</summary>
    private const int LettersMistyped = 2;

    /// <summary>The line; null if nothing is wrong.</summary>
    /// <param name="parsed">The command line.</param>
    public static string? Find(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var name = NameOf(command);
        var mistake = parsed.UnmatchedTokens is [var unknown, ..] ? $"'{name}' does not know '{unknown}'.{Guess(command, unknown)}"
            : FindMistypedOption(parsed) is { } option ? $"'{name}' does not know '{option}'.{Guess(command, option)} Put -- before it if it is no option."
            : parsed.Errors is [var error, ..] ? error.Message
            : null;
        return mistake is null ? null : $"{mistake} Try '{name} --help'.";
    }

    /// <summary>The words that lead to a command, as in <c>mvstore log dump</c>.</summary>
    public static string NameOf(Command command)
        => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent)} {command.Name}" : command.Name;

    // The parser takes an option that it does not know for an argument where one may stand.
    private static string? FindMistypedOption(ParseResult parsed)
        => parsed.Tokens.Any(static token => token.Type == TokenType.DoubleDash)
            ? null
            : parsed.CommandResult.Children.OfType<ArgumentResult>()
                .SelectMany(static argument => argument.Tokens)
                .Select(static token => token.Value)
                .FirstOrDefault(static word => word.StartsWith("--", StringComparison.Ordinal));

    private static string Guess(Command command, string unknown)
    {
        var likely = command.Subcommands.Select(static c => c.Name).Concat(OptionsOf(command).Select(static o => o.Name))
            .Select(known => (Word: known, Distance: Distance(known, unknown)))
            .OrderBy(static known => known.Distance)
            .FirstOrDefault();
        return likely is { Word: { } word, Distance: <= LettersMistyped } ? $" Did you mean '{word}'?" : "";
    }

    private static IEnumerable<Option> OptionsOf(Command command)
        => command.Options.Concat(command.Parents.OfType<Command>().SelectMany(OptionsOf));

    // How many letters must be put in, taken out or changed.
    private static int Distance(string known, string typed)
    {
        var row = Enumerable.Range(0, typed.Length + 1).ToArray();
        for (var i = 1; i <= known.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= typed.Length; j++)
            {
                var changed = diagonal + (known[i - 1] == typed[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
