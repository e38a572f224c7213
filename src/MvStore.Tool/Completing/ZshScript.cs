namespace MvStore.Tool.Completing;

/// <summary>Completions for zsh, with descriptions. Where nothing is known, and behind options with a value, files are completed.</summary>
internal static class ZshScript
{
    /// <summary>Writes the script.</summary>
    public static string Write(IReadOnlyList<CompletionTree> commands)
    {
        var head =
            $$"""
            #compdef mvstore
            # Completions of mvstore for zsh. Load them with: eval "$(mvstore completions zsh)"
            _mvstore() {
                local place= i
                local -a names options
                for ((i = 2; i < CURRENT; i++)); do
                    case "$place/${words[i]}" in
                        {{ShellText.Places(commands)}}) place="$place/${words[i]}" ;;
                    esac
                done
                case "${words[CURRENT-1]}" in
                    {{ShellText.ValueOptions(commands)}}) _files; return ;;
                esac
                case "$place" in

            """;
        const string Tail =
            """
                esac
                if [[ "${words[CURRENT]}" == -* ]]; then
                    _describe -o option options
                elif (( ${#names} )); then
                    _describe command names
                else
                    _files
                fi
            }
            if [[ "${funcstack[1]}" == _mvstore ]]; then
                _mvstore "$@"
            else
                compdef _mvstore mvstore
            fi

            """;
        return head + string.Concat(commands.Select(Case)) + Tail;
    }

    private static string Case(CompletionTree command)
    {
        var names = command.Commands.Select(Item).Concat(command.Words.Select(ShellText.Quote));
        return $"        '{command.Path}') names=({string.Join(' ', names)}); options=({string.Join(' ', command.Options.Select(Item))}) ;;\n";
    }

    // A colon ends the word; one in the description needs a backslash.
    private static string Item(CompletionWord word)
        => ShellText.Quote($"{word.Word}:{word.Meaning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal)}");
}
