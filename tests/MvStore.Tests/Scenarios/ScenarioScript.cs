namespace MvStore.Tests.Scenarios;

/// <summary>
/// A script: prose behind <c>#</c>, commands behind <c>&gt;</c>, and below each command the lines it answers. Blank lines and prose end
/// the answer of a command. Rewriting replaces the answers and leaves everything else as it was.
/// </summary>
internal static class ScenarioScript
{
    private const string Command = "> ";
    private const string Prose = "#";

    /// <summary>Runs a script.</summary>
    /// <param name="script">The lines, with whatever answers they have.</param>
    /// <param name="execute">Answers one command.</param>
    /// <returns>The lines as they would be if every answer were what <paramref name="execute"/> says.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(IEnumerable<string> script, Func<string, Task<IReadOnlyList<string>>> execute)
    {
        var result = new List<string>();
        foreach (var line in script)
        {
            if (line.StartsWith(Command, StringComparison.Ordinal))
            {
                result.Add(line);
                result.AddRange(await execute(line[Command.Length..]));
            }
            else if (line.Length == 0 || line.StartsWith(Prose, StringComparison.Ordinal))
            {
                result.Add(line);
            }
        }

        return result;
    }
}
