using System.CommandLine;
using System.Text;

namespace MvStore.Tool.Commands;

/// <summary>A range of keys on the command line, as they are in the store: those with a prefix, or those between two bounds. Text, or base64 for bytes that no command line can carry.</summary>
internal sealed class KeyRangeOptions
{
    private readonly Option<string?> _prefix = new("--prefix") { Description = "Only keys that begin with this.", HelpName = "key" };
    private readonly Option<string?> _from = new("--from") { Description = "Only keys at or above this.", HelpName = "key" };
    private readonly Option<string?> _until = new("--until") { Description = "Only keys below this.", HelpName = "key" };
    private readonly Option<bool> _base64 = new("--base64-keys") { Description = "Keys are given as base64 of their bytes." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_prefix);
        command.Add(_from);
        command.Add(_until);
        command.Add(_base64);
    }

    /// <summary>The range; all keys if none of the options is there.</summary>
    /// <exception cref="ToolException">The options do not go together, or a key is not base64.</exception>
    public KeyRange GetRange(ParseResult parsed)
    {
        var prefix = GetBytes(parsed, _prefix);
        var from = GetBytes(parsed, _from);
        var until = GetBytes(parsed, _until);
        if (prefix is null)
        {
            var range = from is null ? KeyRange.All : KeyRange.From(from);
            return until is null ? range : range.Before(until);
        }

        return from is null && until is null
            ? KeyRange.Prefix(prefix)
            : throw new ToolException(ExitCode.Usage, "--prefix does not go with --from or --until.");
    }

    private byte[]? GetBytes(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } key)
        {
            return null;
        }

        if (!parsed.GetValue(_base64))
        {
            return Encoding.UTF8.GetBytes(key);
        }

        try
        {
            return Convert.FromBase64String(key);
        }
        catch (FormatException e)
        {
            throw new ToolException(ExitCode.Usage, $"'{key}' is not base64.", e);
        }
    }
}
