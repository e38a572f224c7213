namespace MvStore.Tool.Completing;

/// <summary>Completions for fish, with descriptions.</summary>
internal static class FishScript
{
    /// <summary>Writes the script.</summary>
    public static string Write(IReadOnlyList<CompletionTree> commands)
    {
        var head =
            $$"""
            # Completions of mvstore for fish. Load them with: mvstore completions fish | source
            function __mvstore_place
                set -l place ''
                for word in (commandline -opc)[2..-1]
                    switch "$place/$word"
                        case {{ShellText.Places(commands).Replace('|', ' ')}}
                            set place "$place/$word"
                    end
                end
                echo "$place"
            end
            function __mvstore_at
                set -l place (__mvstore_place)
                test "$place" = "$argv[1]"
            end

            """;
        return head + string.Concat(commands.SelectMany(Lines));
    }

    private static IEnumerable<string> Lines(CompletionTree command)
    {
        var at = $"complete -c mvstore -n '__mvstore_at \"{command.Path}\"'";
        return
        [
            .. command.Commands.Select(below => $"{at} -f -a {below.Word} -d {Quote(below.Meaning)}\n"),
            .. command.Words.Select(word => $"{at} -f -a {word}\n"),
            .. command.Options.Select(option => $"{at} -l {option.Word.TrimStart('-')}{(option.TakesValue ? " -r" : "")} -d {Quote(option.Meaning)}\n"),
        ];
    }

    private static string Quote(string text)
        => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
