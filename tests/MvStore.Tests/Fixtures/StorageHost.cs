namespace MvStore.Tests.Fixtures;

/// <summary>The storage of one test: makes a tier for each opening, and lets a crash happen between two of them.</summary>
internal abstract class StorageHost : IAsyncDisposable
{
    public static StorageHost Create(StoreStorage storage) => storage switch
    {
        StoreStorage.None => new NoStorage(),
        _ => throw new NotSupportedException($"The tier for {storage} is not in place yet."),
    };

    public abstract IPersistentTier? NewTier();

    public abstract ValueTask CrashAsync();

    public abstract ValueTask DisposeAsync();

    private sealed class NoStorage : StorageHost
    {
        public override IPersistentTier? NewTier() => null;

        public override ValueTask CrashAsync() => ValueTask.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
