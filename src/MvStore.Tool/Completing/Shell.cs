namespace MvStore.Tool.Completing;

/// <summary>The shells that completions are written for.</summary>
internal enum Shell
{
    /// <summary>bash, 3.2 or later.</summary>
    Bash,

    /// <summary>zsh.</summary>
    Zsh,

    /// <summary>fish.</summary>
    Fish,
}
