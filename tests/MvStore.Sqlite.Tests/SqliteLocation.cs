namespace MvStore.Sqlite.Tests;

/// <summary>A directory of its own for one store.</summary>
public sealed class SqliteLocation : ITierLocation
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mvstore-").FullName;

    public string Path => System.IO.Path.Combine(_directory, "store.db");

    public IPersistentTier CreateTier() => new SqliteTier(new SqliteTierOptions(Path));

    public SqliteTier CreateTier(Action<SqliteTierOptions> configure)
    {
        var options = new SqliteTierOptions(Path);
        configure(options);
        return new SqliteTier(options);
    }

    public async Task<SqliteTier> OpenAsync(Action<SqliteTierOptions>? configure = null)
    {
        var tier = CreateTier(configure ?? (_ => { }));
        try
        {
            await tier.OpenAsync(default);
            return tier;
        }
        catch
        {
            await tier.DisposeAsync();
            throw;
        }
    }

    /// <summary>The names of the files beside the store, and the store itself.</summary>
    public string?[] Files() => [.. Directory.GetFiles(_directory).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal)];

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
