using MvStore.Reliability.Kills;
using MvStore.Reliability.Storage;
using MvStore.Sqlite;

namespace MvStore.Reliability.Damages;

/// <summary>A store with a commit log whose owner was killed, and copies of it that are damaged. Its files: SQLite's, its log and mark, and those of the commit log.</summary>
internal sealed class DamagedStore
{
    private const int Seed = 4_242;

    private readonly string _directory;
    private readonly ulong _acknowledged;

    private DamagedStore(string directory, ulong acknowledged)
    {
        _directory = directory;
        _acknowledged = acknowledged;
    }

    /// <summary>Every file that counts, but for those that hold nothing to lose.</summary>
    public IReadOnlyList<string> Files
        => [.. Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_directory, path))
            .Where(name => !name.EndsWith("-shm", StringComparison.Ordinal) && new FileInfo(Path.Combine(_directory, name)).Length > 0)
            .Order(StringComparer.Ordinal)];

    /// <summary>Makes a store, and kills its owner.</summary>
    public static async Task<DamagedStore> MakeAsync()
    {
        var directory = Folder.Create();
        using var victim = VictimProcess.Start(["hold", directory, $"{Seed}"]);
        await victim.KillAfterAsync(lines: 1, spins: 0);
        return victim.Durable > 0 ? new DamagedStore(directory, victim.Durable) : throw new LossException(await victim.ErrorsAsync());
    }

    /// <summary>How many bytes of a file hold something.</summary>
    public int UsedBytes(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(_directory, file));
        return bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
    }

    /// <summary>Damages a copy, verifies it, opens it and asks it for everything.</summary>
    /// <returns>How the damage was noticed; null when it was not, because every answer is right and nothing acknowledged is gone.</returns>
    /// <exception cref="LossException">It was not noticed, and an answer is wrong.</exception>
    public async Task<string?> NoticedAsync(Damage damage)
    {
        var directory = Folder.Create();
        try
        {
            Copy(directory);
            return damage.Apply(directory) ? await NoticedInAsync(directory) : null;
        }
        catch (LossException e)
        {
            throw new LossException($"{damage}: {e.Message}");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<string?> NoticedInAsync(string directory)
    {
        try
        {
            if (await SqliteStoreFile.VerifyAsync(Path.Combine(directory, "store.db")) is { IsSound: false })
            {
                return "verified";
            }

            await using var store = await KillStore.Quiet(directory, hasLog: true).OpenAsync();
            await KillCheck.RunAsync(store, Seed, _acknowledged);
            return null;
        }
        catch (MvStoreException e)
        {
            return e.GetType().Name;
        }
    }

    private void Copy(string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "log"));
        foreach (var path in Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories).Where(p => !p.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(path, Path.Combine(directory, Path.GetRelativePath(_directory, path)));
        }
    }
}
