namespace MvStore.Sqlite.Tests;

/// <summary>A store of small pages, whose log is emptied before every write, and which is read one at a time.</summary>
public sealed class TightSqliteLocation : ITierLocation
{
    private readonly SqliteLocation _location = new();

    public IPersistentTier CreateTier() => _location.CreateTier(o =>
    {
        o.CheckpointBytes = 0;
        o.PageBytes = 512;
        o.MaxReadConnections = 1;
    });

    public ValueTask DisposeAsync() => _location.DisposeAsync();
}
