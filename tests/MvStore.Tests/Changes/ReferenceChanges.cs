using System.Globalization;

namespace MvStore.Tests.Changes;

/// <summary>What was committed, as a list: what a change feed has to tell follows from it by looking at everything.</summary>
internal sealed class ReferenceChanges
{
    private readonly List<Commit> _commits = [];

    /// <summary>Versions that are taken.</summary>
    public bool IsTaken(ulong version) => _commits.Exists(c => c.Version == version);

    /// <summary>Adds a publication.</summary>
    public void Add(CommitReceipt receipt, SortedDictionary<string, string?> changes)
        => _commits.Add(new Commit(receipt.Sequence, receipt.Version.Value, changes));

    /// <summary>Forgets what a crash undid.</summary>
    public void UndoAfter(ulong sequence) => _commits.RemoveAll(c => c.Sequence > sequence);

    /// <summary>What is to be told behind a publication.</summary>
    public List<string> After(ulong sequence)
        => [.. _commits.Where(c => c.Sequence > sequence && c.Changes.Count > 0).OrderBy(c => c.Sequence).Select(Show)];

    private string Show(Commit commit)
        => string.Join(' ', commit.Changes.Select(c => $"{c.Key}={c.Value ?? "-"}{ShowOld(commit, c.Key)}")
            .Prepend(string.Create(CultureInfo.InvariantCulture, $"{commit.Sequence}@{commit.Version}")));

    private string ShowOld(Commit commit, string key)
    {
        var before = _commits
            .Where(c => c.Sequence < commit.Sequence && c.Version <= commit.Version && c.Changes.ContainsKey(key))
            .MaxBy(c => c.Version);
        return before?.Changes[key] is { } old ? $"({old})" : string.Empty;
    }

    private sealed record Commit(ulong Sequence, ulong Version, SortedDictionary<string, string?> Changes);
}
