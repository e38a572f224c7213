using System.Runtime.CompilerServices;
using System.Text;

namespace MvStore.Tool.Git;

/// <summary>
/// Reads commits and their changes from one <c>git diff-tree --stdin</c>. It is handed each commit with the parent to compare with, so
/// merges, roots and the boundary of a shallow clone are all the same case, and no setting of <c>git log</c> has a say.
/// </summary>
internal sealed class CommitStream(GitRepository repository)
{
    /// <summary>Begins the header of a commit; an entry begins with a colon, after a newline when it is the first.</summary>
    private const byte HeaderMark = 1;

    private static readonly string[] Arguments =
    [
        "diff-tree", "--stdin", "--root", "-r", "-z", "--no-renames", "--no-abbrev", "--always", "--no-notes", "--no-relative",
        "--ignore-submodules=none", "--encoding=UTF-8", "--date=raw", "--format=tformat:%x01%H%x00%ad%x00%an%x00%ae%x00%s",
    ];

    /// <summary>Commits with their changes, or without.</summary>
    /// <param name="chain">The first-parent chain, root first.</param>
    /// <param name="first">The index in the chain to begin at.</param>
    /// <param name="withChanges">False reads the commits only, which is much faster.</param>
    /// <param name="cancellationToken">Kills git.</param>
    public async IAsyncEnumerable<CommitChanges> ReadAsync(
        IReadOnlyList<string> chain,
        int first,
        bool withChanges,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var git = repository.Start([.. Arguments, withChanges ? "--raw" : "-s"]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var feeding = FeedAsync(git.Input, chain, first, stop.Token);
        try
        {
            var reader = new ByteReader(git.Output);
            var token = await reader.ReadUntilAsync(0, cancellationToken);
            while (token is { } header)
            {
                var commit = await ReadHeaderAsync(reader, header, cancellationToken);
                var changes = new List<TreeChange>();
                while ((token = await reader.ReadUntilAsync(0, cancellationToken)) is { } entry && IsEntry(entry.Span))
                {
                    changes.Add(await ReadChangeAsync(reader, entry, cancellationToken));
                }

                yield return new CommitChanges(commit, changes);
            }

            await git.CompleteAsync(cancellationToken);
            await feeding;
        }
        finally
        {
            await stop.CancelAsync();
            await feeding.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private static async Task FeedAsync(Stream input, IReadOnlyList<string> chain, int first, CancellationToken cancellationToken)
    {
        await using var closing = input;
        for (var i = first; i < chain.Count; i++)
        {
            var line = i == 0 ? $"{chain[i]}\n" : $"{chain[i]} {chain[i - 1]}\n";
            await input.WriteAsync(Encoding.ASCII.GetBytes(line), cancellationToken);
        }
    }

    private static bool IsEntry(ReadOnlySpan<byte> token) => token.TrimStart((byte)'\n').StartsWith(":"u8);

    private static async ValueTask<GitCommit> ReadHeaderAsync(ByteReader reader, ReadOnlyMemory<byte> mark, CancellationToken cancellationToken)
    {
        if (mark.Length < 2 || mark.Span[0] != HeaderMark)
        {
            throw new GitException("git diff-tree answered something that is neither a commit nor a change.");
        }

        var id = Encoding.ASCII.GetString(mark.Span[1..]);
        var time = Encoding.ASCII.GetString((await FieldAsync(reader, cancellationToken)).Span);
        var name = (await FieldAsync(reader, cancellationToken)).ToArray();
        var email = (await FieldAsync(reader, cancellationToken)).ToArray();
        var subject = (await FieldAsync(reader, cancellationToken)).ToArray();
        return new GitCommit(id, time, name, email, subject);
    }

    private static async ValueTask<TreeChange> ReadChangeAsync(ByteReader reader, ReadOnlyMemory<byte> entry, CancellationToken cancellationToken)
    {
        // ":100644 100755 <id> <id> M", with the path as the next token.
        var fields = Encoding.ASCII.GetString(entry.Span.TrimStart((byte)'\n')[1..]).Split(' ');
        if (fields.Length != 5)
        {
            throw new GitException("git diff-tree answered a change that has not five fields.");
        }

        var path = (await FieldAsync(reader, cancellationToken)).ToArray();
        var oldMode = GitMode.Parse(Encoding.ASCII.GetBytes(fields[0]));
        var newMode = GitMode.Parse(Encoding.ASCII.GetBytes(fields[1]));
        return new TreeChange(path, oldMode, newMode, fields[2], fields[3]);
    }

    private static async ValueTask<ReadOnlyMemory<byte>> FieldAsync(ByteReader reader, CancellationToken cancellationToken)
        => await reader.ReadUntilAsync(0, cancellationToken) ?? throw new GitException("git diff-tree's answer ended early.");
}
