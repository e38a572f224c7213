namespace MvStore;

/// <summary>Which versions a range read considers (contract B7): per key the newest one in the window, unless it is a tombstone.</summary>
public readonly record struct ReadScope
{
    private ReadScope(CommitVersion after, CommitVersion at)
    {
        After = after;
        At = at;
    }

    /// <summary>What is visible now.</summary>
    public static ReadScope Latest { get; } = AsOf(CommitVersion.Latest);

    /// <summary>Versions at or below this one are left out. <see cref="CommitVersion.Zero"/>: none is.</summary>
    public CommitVersion After { get; }

    /// <summary>Versions above this one are left out.</summary>
    public CommitVersion At { get; }

    /// <summary>Per key the newest version at or below <paramref name="at"/>.</summary>
    /// <param name="at">The version to read at; <see cref="CommitVersion.Latest"/> for what is visible now.</param>
    /// <returns>The scope.</returns>
    public static ReadScope AsOf(CommitVersion at) => new(CommitVersion.Zero, at);

    /// <summary>Per key the newest version above <paramref name="after"/> and at or below <paramref name="at"/>.</summary>
    /// <param name="after">The version to begin behind.</param>
    /// <param name="at">The version to end at, included. Below <paramref name="after"/> the scope is empty.</param>
    /// <returns>The scope.</returns>
    public static ReadScope Between(CommitVersion after, CommitVersion at) => new(after, at);
}
