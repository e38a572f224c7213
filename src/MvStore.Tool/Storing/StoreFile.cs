using MvStore.Sqlite;
using MvStore.Tool.Git;

namespace MvStore.Tool.Storing;

/// <summary>
/// Where a store lies, and opening it. The default is <c>mvstore/history.db</c> in the repository's git directory: never seen by
/// <c>git status</c>, one for each linked work tree, moved and deleted with the repository.
/// </summary>
/// <param name="Path">The main file.</param>
internal sealed record StoreFile(string Path)
{
    /// <summary>Writing begins when this much waits for the disk, so that a kill costs little work...</summary>
    private const long FlushBytes = 4 * 1024 * 1024;

    /// <summary>... or when the oldest commit has waited this long.</summary>
    private static readonly TimeSpan FlushAge = TimeSpan.FromMilliseconds(200);

    /// <summary>The directory of its commit log.</summary>
    public string LogDirectory => SqliteStoreFile.CommitLogDirectoryOf(Path);

    /// <summary>The main file itself, where <see cref="Path"/> is a link to it: what lies beside it has its name.</summary>
    public string Target => LogDirectory[..^"-log".Length];

    /// <summary>Whether the main file is there.</summary>
    public bool Exists => File.Exists(Path);

    /// <summary>The default for a repository.</summary>
    public static StoreFile Of(GitRepository repository)
        => new(System.IO.Path.Combine(repository.GitDirectory, "mvstore", "history.db"));

    /// <summary>Opens the store, creating it when it is not there.</summary>
    /// <exception cref="ToolException">Its directory cannot be made.</exception>
    /// <exception cref="MvStoreException">It cannot be opened.</exception>
    public async ValueTask<IMultiVersionStore> CreateOrOpenAsync(ToolHost host, CancellationToken cancellationToken)
    {
        MakeDirectory();
        return await OpenAsync(new SqliteTier(new SqliteTierOptions(Path)), host, cancellationToken);
    }

    /// <summary>Opens the store on its tier, with its commit log.</summary>
    /// <exception cref="MvStoreException">It cannot be opened.</exception>
    public ValueTask<IMultiVersionStore> OpenAsync(SqliteTier tier, ToolHost host, CancellationToken cancellationToken)
        => UseAsync(() => NewBuilder(tier, host).OpenAsync(cancellationToken));

    /// <summary>Opens the store so that its history can be reclaimed when that is asked for, and never by itself.</summary>
    /// <param name="host">Where the command stands.</param>
    /// <param name="keep">How many versions before the newest are to stay readable; null for all that are readable now.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ToolException">It is not there, or keeps different amounts for kinds of keys that only its owner can tell apart.</exception>
    /// <exception cref="MvStoreException">It cannot be opened.</exception>
    public async ValueTask<IMultiVersionStore> OpenForReclamationAsync(ToolHost host, ulong? keep, CancellationToken cancellationToken)
    {
        RequireExists();
        await RequireOneKindAsync(cancellationToken);
        var builder = NewBuilder(new SqliteTier(new SqliteTierOptions(Path)), host)
            .Configure(options =>
            {
                options.GarbageCollection.RetainVersions = keep;
                options.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
            });
        return await UseAsync(() => builder.OpenAsync(cancellationToken));
    }

    /// <summary>Opens the store.</summary>
    /// <exception cref="ToolException">It is not there.</exception>
    /// <exception cref="MvStoreException">It cannot be opened.</exception>
    public ValueTask<IMultiVersionStore> OpenAsync(ToolHost host, CancellationToken cancellationToken)
    {
        RequireExists();
        return CreateOrOpenAsync(host, cancellationToken);
    }

    /// <summary>Opens or examines the store; says who is in the way if another process has it open.</summary>
    /// <param name="use">Does it.</param>
    /// <exception cref="ToolException">Another process has it open.</exception>
    public async ValueTask<T> UseAsync<T>(Func<ValueTask<T>> use)
    {
        try
        {
            return await use();
        }
        catch (StoreInUseException e)
        {
            throw new ToolException(ExitCode.Store, TellOwner(), e);
        }
    }

    /// <summary>The process that has the store open; null if none is found.</summary>
    public OwnerProcess? FindOwner() => OwnerProcess.Find(Target + ".lock");

    /// <summary>What a store holds while nobody has it open, without its engine and without its commit log.</summary>
    /// <exception cref="ToolException">It is not there, or another process has it open.</exception>
    /// <exception cref="MvStoreException">It cannot be opened.</exception>
    public async Task<TierState> ReadStateAsync(CancellationToken cancellationToken)
    {
        RequireExists();
        await using var tier = new SqliteTier(new SqliteTierOptions(Path));
        return await UseAsync(() => tier.OpenAsync(cancellationToken));
    }

    /// <summary>Ends the command when the store is not there.</summary>
    /// <exception cref="ToolException">It is not there.</exception>
    public void RequireExists()
    {
        if (Directory.Exists(Path))
        {
            throw new ToolException(ExitCode.Store, $"'{Path}' is a directory; name the store's file with --store.");
        }

        if (!Exists)
        {
            throw new ToolException(ExitCode.Store, $"There is no store '{Path}'; make it with 'mvstore import-git', or name another with --store.");
        }
    }

    /// <summary>Makes the directory the store is to lie in.</summary>
    /// <exception cref="ToolException">It cannot be made.</exception>
    public void MakeDirectory()
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCode.Store, $"The directory for the store '{Path}' cannot be made: {e.Message}", e);
        }
    }

    // Without the owner's classifier every key would be taken for one of the same kind, and kinds that keep more would lose it.
    private async Task RequireOneKindAsync(CancellationToken cancellationToken)
    {
        var state = await ReadStateAsync(cancellationToken);
        if (state.Floors.ByKind.Keys.Any(static kind => kind != EntryKind.Multi))
        {
            throw new ToolException(
                ExitCode.Store, $"The store '{Path}' keeps different amounts of history for different kinds of keys, which only the program that owns it can tell apart.");
        }
    }

    private string TellOwner()
        => FindOwner() is { } owner
            ? $"The store '{Path}' is in use by process {owner.Id} ({owner.Name}). One owner at a time: let it close the store or end it, work on a backup that it makes, or watch it with 'mvstore top {owner.Id}'."
            : $"The store '{Path}' is in use by another process; which one could not be found. One owner at a time: it is the one that has '{Target}.lock' open. Let it close the store or end it.";

    private MvStoreBuilder NewBuilder(SqliteTier tier, ToolHost host)
        => new MvStoreBuilder()
            .UsePersistentTier(tier)
            .Configure(options =>
            {
                options.Buffer.MaxValueLength = BufferOptions.ValueLengthLimit;
                options.Flush.MaxBytes = FlushBytes;
                options.Flush.MaxAge = FlushAge;
                options.CommitLog.DefaultDirectory = LogDirectory;
            })
            .UseTimeProvider(host.Time);

    /// <summary>The bytes of all files of the store: the main file, those that begin with its name, and the commit log.</summary>
    public long MeasureBytes()
    {
        var directory = new DirectoryInfo(System.IO.Path.GetDirectoryName(Path)!);
        return directory.Exists
            ? SumOf(directory, System.IO.Path.GetFileName(Path) + "*") + SumOf(new DirectoryInfo(LogDirectory), "*")
            : 0;
    }

    private static long SumOf(DirectoryInfo directory, string pattern)
        => directory.Exists ? directory.EnumerateFiles(pattern).Sum(static file => file.Length) : 0;
}
