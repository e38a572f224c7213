using System.CommandLine;

namespace MvStore.Tool.Completing;

/// <summary>What can be completed behind a command: what a script for a shell is written from.</summary>
/// <param name="Path">The words that lead to the command, each behind a slash: <c>/log/dump</c>; empty for the program itself.</param>
/// <param name="Commands">The commands below it.</param>
/// <param name="Options">Its options, those of the commands above it included.</param>
/// <param name="Words">Words that its arguments can be, such as names of shells; where there are none a file is likely.</param>
internal sealed record CompletionTree(
    string Path,
    IReadOnlyList<CompletionWord> Commands,
    IReadOnlyList<CompletionWord> Options,
    IReadOnlyList<string> Words)
{
    /// <summary>A command and all below it.</summary>
    public static IReadOnlyList<CompletionTree> Of(Command root) => [.. Walk(root, "", [])];

    private static IEnumerable<CompletionTree> Walk(Command command, string path, IReadOnlyList<CompletionWord> inherited)
    {
        CompletionWord[] options = [.. command.Options.Where(static o => !o.Hidden).Select(CompletionWord.Of), .. inherited];
        var subcommands = command.Subcommands.Where(static c => !c.Hidden).ToArray();
        yield return new CompletionTree(
            path,
            [.. subcommands.Select(CompletionWord.Of)],
            options,
            [.. command.Arguments.Where(static a => a.ValueType.IsEnum).SelectMany(static a => Enum.GetNames(a.ValueType)).Select(static n => n.ToLowerInvariant())]);
        CompletionWord[] passedOn = [.. command.Options.Where(static o => o.Recursive && !o.Hidden).Select(CompletionWord.Of), .. inherited];
        foreach (var below in subcommands.SelectMany(c => Walk(c, $"{path}/{c.Name}", passedOn)))
        {
            yield return below;
        }
    }
}
