namespace MvStore.Tests.Histories;

/// <summary>One call on a store, and what it answered.</summary>
/// <param name="Keys">The keys that a commit sets, or the one that is read.</param>
/// <param name="Version">The version of the commit, or the one that is read at.</param>
/// <param name="IsCommit">Whether it commits.</param>
internal sealed record SingleOperation(IReadOnlyList<int> Keys, CommitVersion Version, bool IsCommit)
{
    /// <summary>When it was called: a number that grows with every call and return of any thread.</summary>
    public int Begin { get; set; }

    /// <summary>When it returned.</summary>
    public int End { get; set; }

    /// <summary>Of a commit: whether it succeeded; otherwise one of its keys had the version already.</summary>
    public bool Succeeded { get; set; }

    /// <summary>Of a read: the version of the row that was found; 0 for none.</summary>
    public CommitVersion Found { get; set; }

    public override string ToString() => IsCommit
        ? $"[{Begin}, {End}] commit {string.Join(',', Keys)} at {Version}: {(Succeeded ? "done" : "refused")}"
        : $"[{Begin}, {End}] get {Keys[0]} at {Version}: {Found}";
}
