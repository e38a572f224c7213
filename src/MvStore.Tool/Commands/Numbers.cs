using System.CommandLine.Parsing;
using System.Globalization;

namespace MvStore.Tool.Commands;

/// <summary>Reads numbers from the command line, with errors that say what is allowed.</summary>
internal static class Numbers
{
    /// <summary>Reads a whole number.</summary>
    /// <param name="result">The argument.</param>
    /// <param name="least">The least allowed.</param>
    /// <param name="most">The most allowed.</param>
    /// <returns>The number; 0 after an error was added.</returns>
    public static ulong Parse(ArgumentResult result, ulong least, ulong most)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a whole number from {least} to {most}."));
        return 0;
    }
}
