using System.CommandLine;
using System.CommandLine.Parsing;

namespace MvStore.Tool.Commands;

/// <summary>Refuses empty text where it could only be a mistake, such as a variable of a script that was never set.</summary>
internal static class NotEmpty
{
    /// <summary>Refuses empty text for an argument.</summary>
    public static Argument<T> NeverEmpty<T>(this Argument<T> argument)
    {
        argument.Validators.Add(result => Check(result, $"<{argument.Name}>"));
        return argument;
    }

    /// <summary>Refuses empty text for an option.</summary>
    public static Option<T> NeverEmpty<T>(this Option<T> option)
    {
        option.Validators.Add(result => Check(result, option.Name));
        return option;
    }

    private static void Check(SymbolResult result, string name)
    {
        if (result.Tokens.Any(static token => token.Value.Length == 0))
        {
            result.AddError($"{name} is empty; say what it is to be, or leave it out.");
        }
    }
}
