using System.Threading.Channels;
using MvStore.Tool.Git;
using MvStore.Tool.Rendering;

namespace MvStore.Tool.Importing;

/// <summary>
/// Replays the first-parent chain of a repository into a store, one version for each commit.
/// <para>
/// Three stages run side by side. Git lists the changes of each commit (<see cref="CommitStream"/>); the reading stage hands the commit on
/// and asks git for its blobs; the storing stage takes the commit, reads the blobs in the order they were asked for, and commits. The
/// commit is handed on before its blobs are asked for: otherwise one with many blobs would fill both pipes with nobody reading.
/// </para>
/// <para>
/// Commits are buffered; the store makes whole ones durable in order, so that after a crash it holds the first versions of the chain and
/// nothing else, and the next run continues behind them (<see cref="ResumePoint"/>).
/// </para>
/// </summary>
internal sealed class GitImporter(GitRepository repository, IMultiVersionStore store, ImportOptions options)
{
    /// <summary>Imports what the store lacks and makes it durable.</summary>
    /// <param name="chain">The first-parent chain, root first.</param>
    /// <param name="first">How many commits of it the store has.</param>
    /// <param name="progress">Is told how many commits of the chain are in the store.</param>
    /// <param name="cancellationToken">Stops between two commits; those done stay.</param>
    /// <exception cref="GitException">Git failed.</exception>
    /// <exception cref="ToolException">A file or path is over the store's limits.</exception>
    /// <exception cref="MvStoreException">The store failed.</exception>
    public async Task<ImportResult> RunAsync(
        IReadOnlyList<string> chain,
        int first,
        IProgressMeter progress,
        CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var blobs = new BlobStream(repository);
        var ahead = Channel.CreateBounded<CommitChanges>(new BoundedChannelOptions(options.ReadAhead) { SingleReader = true, SingleWriter = true });
        var reading = ReadAsync(chain, first, blobs, ahead.Writer, stop.Token);
        var writer = new CommitWriter(store, blobs, options);
        try
        {
            var version = (ulong)first;
            await foreach (var changes in ahead.Reader.ReadAllAsync(cancellationToken))
            {
                version++;
                await writer.WriteAsync(version, changes, cancellationToken);
                progress.Report((long)version);
            }

            await store.FlushAsync(cancellationToken);
            return new ImportResult((ulong)first + 1, version, writer.Entries, writer.Bytes);
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    /// <summary>The reading stage. Never throws: the storing stage gets its failure through the channel.</summary>
    private async Task ReadAsync(
        IReadOnlyList<string> chain,
        int first,
        BlobStream blobs,
        ChannelWriter<CommitChanges> ahead,
        CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await foreach (var commit in new CommitStream(repository).ReadAsync(chain, first, withChanges: true, cancellationToken))
            {
                await ahead.WriteAsync(commit, cancellationToken);
                await blobs.RequestAsync(commit.Changes.Where(static c => c.NeedsBlob).Select(static c => c.NewId), cancellationToken);
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        ahead.Complete(failure);
    }
}
