using MvStore.Tool.Git;
using MvStore.Tool.Layout;
using MvStore.Tool.Rendering;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Verifying;

/// <summary>
/// Proves a store equal to the repository it was imported from: the commit record of every version, the whole tree of some, and that the
/// store holds no other keys.
/// </summary>
internal sealed class GitVerifier(GitRepository repository, IMultiVersionStore store)
{
    private readonly VerifyResult _result = new();

    /// <summary>Compares.</summary>
    /// <param name="chain">The commits that the versions of the store should be.</param>
    /// <param name="every">Every how manyth tree is compared.</param>
    /// <param name="progress">Is told the versions done.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<VerifyResult> RunAsync(
        IReadOnlyList<string> chain,
        int every,
        IProgressMeter progress,
        CancellationToken cancellationToken)
    {
        await VerifyRecordsAsync(chain, cancellationToken);
        await VerifyPrefixesAsync(chain, cancellationToken);
        await using var blobs = new BlobComparer(repository);
        var versions = VerifySchedule.Versions((ulong)chain.Count, every).ToList();
        var listing = repository.ListTreeAsync(chain[(int)versions[0] - 1], cancellationToken);
        for (var i = 0; i < versions.Count; i++)
        {
            // Git lists the next tree while this one is compared.
            var tree = await listing;
            listing = i + 1 < versions.Count ? repository.ListTreeAsync(chain[(int)versions[i + 1] - 1], cancellationToken) : listing;
            using var reader = StoreReader.Open(store, versions[i]);
            await new TreeVerifier(reader, chain[(int)versions[i] - 1], blobs, _result).RunAsync(tree, cancellationToken);
            progress.Report((long)versions[i]);
        }

        _result.Blobs = blobs.Compared;
        return _result;
    }

    private async Task VerifyRecordsAsync(IReadOnlyList<string> chain, CancellationToken cancellationToken)
    {
        var version = 0UL;
        await foreach (var commit in new CommitStream(repository).ReadAsync(chain, 0, withChanges: false, cancellationToken))
        {
            version++;
            var row = await store.GetAsync(KeyLayout.Commit(version), CommitVersion.Latest, cancellationToken);
            if (row is not { } found || found.Version != version || !found.Value.Span.SequenceEqual(CommitRecord.Encode(commit.Commit)))
            {
                _result.Add(new Difference(version, commit.Commit.Id, [], "the commit record is not what git has"));
            }
        }
    }

    private async Task VerifyPrefixesAsync(IReadOnlyList<string> chain, CancellationToken cancellationToken)
    {
        await foreach (var row in store.ScanAsync(KeyRange.All, ReadScope.Latest, cancellationToken: cancellationToken))
        {
            var key = row.Key.Span;
            if (!key.StartsWith(KeyLayout.CommitPrefix) && !key.StartsWith(KeyLayout.FilePrefix) && !key.StartsWith(KeyLayout.ModePrefix))
            {
                var commit = chain[(int)row.Version.Value - 1];
                _result.Add(new Difference(row.Version.Value, commit, row.Key.ToArray(), "the store has a key that no import writes"));
            }
        }
    }
}
