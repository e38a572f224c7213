using System.Text;

namespace MvStore.Tool.Git;

/// <summary>A repository found on disk, and the questions asked of it once.</summary>
internal sealed class GitRepository
{
    private GitRepository(string directory, string gitDirectory, bool isShallow, string objectFormat)
    {
        Directory = directory;
        GitDirectory = gitDirectory;
        IsShallow = isShallow;
        ObjectFormat = objectFormat;
    }

    /// <summary>The directory it was found from.</summary>
    public string Directory { get; }

    /// <summary>Where git keeps what belongs to this work tree alone; each linked work tree has its own.</summary>
    public string GitDirectory { get; }

    /// <summary>Whether history is cut off; the commit at the boundary then counts as a root.</summary>
    public bool IsShallow { get; }

    /// <summary>The hash that names objects: <c>sha1</c> or <c>sha256</c>.</summary>
    public string ObjectFormat { get; }

    /// <summary>A name for people: the directory's.</summary>
    public string Name
    {
        get
        {
            var name = Path.GetFileName(GitDirectory);
            return name == ".git"
                ? Path.GetFileName(Path.GetDirectoryName(GitDirectory)) ?? name
                : name.EndsWith(".git", StringComparison.Ordinal) ? name[..^4] : name;
        }
    }

    /// <summary>Finds the repository a directory belongs to, looking upward.</summary>
    /// <param name="directory">Where to begin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GitException">There is none, or git is missing.</exception>
    public static async Task<GitRepository> FindAsync(string directory, CancellationToken cancellationToken)
    {
        if (!System.IO.Directory.Exists(directory))
        {
            throw new GitException($"There is no directory '{directory}'.");
        }

        string answer;
        try
        {
            answer = await GitProcess.ReadAsync(
                directory, cancellationToken, "rev-parse", "--is-shallow-repository", "--show-object-format", "--absolute-git-dir");
        }
        catch (GitException e) when (e.Message.Contains("not a git repository", StringComparison.Ordinal))
        {
            throw new GitException($"'{directory}' is not in a git repository.", e);
        }

        var lines = answer.Split('\n', 3);
        return lines.Length == 3
            ? new GitRepository(directory, lines[2], lines[0] == "true", lines[1])
            : throw new GitException("git rev-parse did not describe the repository; version 2.31 or later is needed.");
    }

    /// <summary>Starts git in this repository.</summary>
    public GitProcess Start(params string[] arguments) => GitProcess.Start(Directory, arguments);

    /// <summary>The first-parent chain of a revision, root first.</summary>
    /// <param name="reference">A revision as git understands it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GitException">The revision names no commit, or there are no commits.</exception>
    public async Task<IReadOnlyList<string>> ListFirstParentsAsync(string reference, CancellationToken cancellationToken)
    {
        var tip = await ResolveAsync(reference, cancellationToken);
        await using var git = Start("rev-list", "--first-parent", "--reverse", tip);
        git.Input.Close();
        var chain = new List<string>();
        var reader = new ByteReader(git.Output);
        while (await reader.ReadUntilAsync((byte)'\n', cancellationToken) is { } line)
        {
            chain.Add(Encoding.ASCII.GetString(line.Span));
        }

        await git.CompleteAsync(cancellationToken);
        return chain;
    }

    /// <summary>Every path of a commit, in byte order.</summary>
    /// <param name="commit">The commit id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<TreeEntry>> ListTreeAsync(string commit, CancellationToken cancellationToken)
    {
        await using var git = Start("ls-tree", "-r", "-z", "--full-tree", commit);
        git.Input.Close();
        var entries = new List<TreeEntry>();
        var reader = new ByteReader(git.Output);
        while (await reader.ReadUntilAsync(0, cancellationToken) is { } token)
        {
            // "100644 blob <id>\t<path>"
            var tab = token.Span.IndexOf((byte)'\t');
            var fields = tab < 0 ? [] : Encoding.ASCII.GetString(token.Span[..tab]).Split(' ');
            if (fields.Length != 3)
            {
                throw new GitException("git ls-tree answered an entry that has not three fields and a path.");
            }

            entries.Add(new TreeEntry(token[(tab + 1)..].ToArray(), GitMode.Parse(Encoding.ASCII.GetBytes(fields[0])), fields[2]));
        }

        await git.CompleteAsync(cancellationToken);
        entries.Sort(static (left, right) => left.Path.AsSpan().SequenceCompareTo(right.Path));
        return entries;
    }

    private async Task<string> ResolveAsync(string reference, CancellationToken cancellationToken)
    {
        if (reference.Length > 0 && reference[0] != '-')
        {
            try
            {
                return await GitProcess.ReadAsync(Directory, cancellationToken, "rev-parse", "--verify", "--quiet", $"{reference}^{{commit}}");
            }
            catch (GitException) when (reference == "HEAD")
            {
                throw new GitException($"The repository '{Name}' has no commits yet.");
            }
            catch (GitException)
            {
                // Answered below.
            }
        }

        throw new GitException($"'{reference}' names no commit in the repository '{Name}'.");
    }
}
