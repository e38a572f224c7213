using System.Globalization;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Importing;

/// <summary>
/// Finds where an import continues. Version <c>n</c> of the store must be the <c>n</c>-th commit of the chain: a commit's id covers all
/// of its history, so this one comparison proves everything before it equal.
/// </summary>
internal static class ResumePoint
{
    /// <summary>How many commits of the chain the store has.</summary>
    /// <param name="store">The store, just opened: what is visible is durable.</param>
    /// <param name="chain">The first-parent chain, root first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ToolException">The store holds another history.</exception>
    public static async Task<int> FindAsync(IMultiVersionStore store, IReadOnlyList<string> chain, CancellationToken cancellationToken)
    {
        var newest = store.VisibleVersion;
        if (newest == CommitVersion.Zero)
        {
            return 0;
        }

        using var reader = StoreReader.Open(store, null);
        var commit = await reader.GetCommitAsync(newest, cancellationToken);
        if (newest.Value > (ulong)chain.Count)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"it holds {newest} commits, the chain of this revision has {chain.Count}"));
        }

        var expected = chain[(int)newest.Value - 1];
        return commit.Id == expected
            ? (int)newest.Value
            : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"its version {newest} is commit {commit.ShortId}, here it would be {expected[..10]}"));
    }

    private static ToolException Refuse(string found)
        => new(
            ExitCode.Store,
            $"The store holds another history: {found}. The history was rewritten, or it is another repository or revision; "
                + "name another file with --store.");
}
