namespace MvStore.Sqlite.Tests;

/// <summary>A store whose pages end after three rows looked at, and whose log is emptied before every write.</summary>
public sealed class TightSqliteLocation : ITierLocation
{
    private readonly SqliteLocation _location = new();

    public IPersistentTier CreateTier() => _location.CreateTier(o =>
    {
        o.ScanLookLimit = 3;
        o.CheckpointBytes = 0;
        o.PageBytes = 512;
        o.MaxReadConnections = 1;
    });

    public ValueTask DisposeAsync() => _location.DisposeAsync();
}
