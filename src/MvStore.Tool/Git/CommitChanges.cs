namespace MvStore.Tool.Git;

/// <summary>One commit and what it changed against its first parent; against nothing when it has none.</summary>
internal sealed record CommitChanges(GitCommit Commit, IReadOnlyList<TreeChange> Changes);
