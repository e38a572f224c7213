using MvStore.Conformance;
using MvStore.Remote;
using MvStore.Sqlite;

namespace MvStore.Tests.Fixtures;

/// <summary>The storage of one test: makes a tier for each opening, and lets a crash happen between two of them.</summary>
internal abstract class StorageHost : IAsyncDisposable
{
    /// <param name="storage">Its kind.</param>
    /// <param name="seed">What its faults follow from, if it has any.</param>
    public static StorageHost Create(StoreStorage storage, int seed = 0) => storage switch
    {
        StoreStorage.None => new NoStorage(),
        StoreStorage.InMemory => new InMemoryStorage(),
        StoreStorage.Sqlite => new SqliteStorage(isLogged: false),
        StoreStorage.LoggedSqlite => new SqliteStorage(isLogged: true),
        StoreStorage.Remote => new RemoteStorage(seed),
        _ => throw new ArgumentOutOfRangeException(nameof(storage)),
    };

    /// <summary>A tier that is not open yet, or null when there is no storage.</summary>
    public abstract IPersistentTier? NewTier();

    /// <summary>The directory of the commit log, for the tier made last; null without one.</summary>
    public virtual string? LogDirectory => null;

    /// <summary>Lets the next tier find what a killed process would leave. The tier in use is not written to meanwhile.</summary>
    public abstract void Crash();

    public abstract ValueTask DisposeAsync();

    private sealed class NoStorage : StorageHost
    {
        public override IPersistentTier? NewTier() => null;

        public override void Crash() => throw new InvalidOperationException("There is nothing to come back to.");

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class InMemoryStorage : StorageHost
    {
        private readonly InMemoryTierStorage _storage = new();

        public override IPersistentTier NewTier() => new InMemoryTier(_storage);

        public override void Crash() => _storage.KillOwner();

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class RemoteStorage(int seed) : StorageHost
    {
        private const int FaultsPerThousand = 100;

        private readonly RemoteServer _server = new(new TierCapabilities
        {
            MaxBatchBytes = 2_000,
            MaxBatchRows = 12,
            MaxReadKeys = 3,
            Durability = TierDurability.Replicated,
            ResolvesDoubt = true,
        });

        private readonly HastyTime _time = new();
        private int _openings;

        public override IPersistentTier NewTier() => new RemoteTier(new RemoteNetwork(_server, _time, seed + ++_openings, FaultsPerThousand));

        public override void Crash()
        {
            // The next tier fences the one in use off.
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class SqliteStorage : StorageHost
    {
        private const string FileName = "store.db";

        private readonly List<string> _directories = [];
        private readonly List<SqliteTier> _abandoned = [];
        private SqliteTier? _current;

        private readonly bool _isLogged;

        public SqliteStorage(bool isLogged)
        {
            _isLogged = isLogged;
            NewDirectory();
        }

        public override string? LogDirectory => _isLogged ? SqliteStoreFile.CommitLogDirectoryOf(Path.Combine(_directories[^1], FileName)) : null;

        public override IPersistentTier NewTier()
            => _current = new SqliteTier(new SqliteTierOptions(Path.Combine(_directories[^1], FileName)));

        public override void Crash()
        {
            if (_current is not null)
            {
                _abandoned.Add(_current);
            }

            var from = _directories[^1];
            var fromLog = LogDirectory;
            var to = NewDirectory();
            CopyLog(fromLog, LogDirectory);
            foreach (var file in (string[])[FileName, $"{FileName}-wal"])
            {
                if (File.Exists(Path.Combine(from, file)))
                {
                    File.Copy(Path.Combine(from, file), Path.Combine(to, file));
                }
            }
        }

        public override async ValueTask DisposeAsync()
        {
            foreach (var tier in _abandoned)
            {
                await tier.DisposeAsync();
            }

            foreach (var directory in _directories)
            {
                Directory.Delete(directory, recursive: true);
            }
        }

        // The lock is the process's own.
        private static void CopyLog(string? from, string? to)
        {
            if (from is null || to is null || !Directory.Exists(from))
            {
                return;
            }

            Directory.CreateDirectory(to);
            foreach (var file in Directory.GetFiles(from).Where(f => Path.GetFileName(f) != "lock"))
            {
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
            }
        }

        private string NewDirectory()
        {
            _directories.Add(Directory.CreateTempSubdirectory("mvstore-test-").FullName);
            return _directories[^1];
        }
    }
}
