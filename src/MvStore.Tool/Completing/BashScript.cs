namespace MvStore.Tool.Completing;

/// <summary>Completions for bash. Where nothing is known, and behind options with a value, bash completes files.</summary>
internal static class BashScript
{
    /// <summary>Writes the script.</summary>
    public static string Write(IReadOnlyList<CompletionTree> commands)
    {
        var head =
            $$"""
            # Completions of mvstore for bash. Load them with: eval "$(mvstore completions bash)"
            _mvstore() {
                local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} place= words= i
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case "$place/${COMP_WORDS[i]}" in
                        {{ShellText.Places(commands)}}) place="$place/${COMP_WORDS[i]}" ;;
                    esac
                done
                COMPREPLY=()
                case "$before" in
                    {{ShellText.ValueOptions(commands)}}) return ;;
                esac
                case "$place" in

            """;
        const string Tail =
            """
                esac
                COMPREPLY=($(compgen -W "$words" -- "$word"))
            }
            complete -o default -F _mvstore mvstore

            """;
        return head + string.Concat(commands.Select(Case)) + Tail;
    }

    private static string Case(CompletionTree command)
    {
        var words = command.Commands.Concat(command.Options).Select(static w => w.Word).Concat(command.Words);
        return $"        '{command.Path}') words='{string.Join(' ', words)}' ;;\n";
    }
}
