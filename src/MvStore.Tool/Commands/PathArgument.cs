using System.CommandLine;
using System.Text;

namespace MvStore.Tool.Commands;

/// <summary>A path on the command line: text, or base64 for bytes that no command line can carry.</summary>
internal sealed class PathArgument
{
    /// <summary>The path.</summary>
    public Argument<string> Argument { get; } = new("path") { Description = "The path, from the top of the repository." };

    /// <summary>How the path is written.</summary>
    public Option<bool> Base64 { get; } = new("--base64-path")
    {
        Description = "The path is given as base64 of its bytes, as --json shows paths that are not UTF-8.",
    };

    /// <summary>Adds both to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(Argument.NeverEmpty());
        command.Add(Base64);
    }

    /// <summary>The bytes of the path.</summary>
    /// <exception cref="ToolException">It is not base64.</exception>
    public byte[] GetBytes(ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(Argument);
        if (!parsed.GetValue(Base64))
        {
            return Encoding.UTF8.GetBytes(path);
        }

        try
        {
            return Convert.FromBase64String(path);
        }
        catch (FormatException e)
        {
            throw new ToolException(ExitCode.Usage, $"'{path}' is not base64; leave --base64-path out to give the path as text.", e);
        }
    }
}
