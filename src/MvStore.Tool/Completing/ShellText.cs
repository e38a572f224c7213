namespace MvStore.Tool.Completing;

/// <summary>What the scripts for the shells have in common.</summary>
internal static class ShellText
{
    /// <summary>A pattern for every command there is, as <c>/get|/log|/log/dump</c>.</summary>
    public static string Places(IReadOnlyList<CompletionTree> commands)
        => string.Join('|', commands.Where(static c => c.Path.Length > 0).Select(static c => c.Path));

    /// <summary>A pattern for every option that a value follows.</summary>
    public static string ValueOptions(IReadOnlyList<CompletionTree> commands)
        => string.Join('|', commands.SelectMany(static c => c.Options).Where(static o => o.TakesValue).Select(static o => o.Word).Distinct().Order(StringComparer.Ordinal));

    /// <summary>Text between single quotes, for bash and zsh.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
