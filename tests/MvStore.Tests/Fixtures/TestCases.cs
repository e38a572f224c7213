namespace MvStore.Tests.Fixtures;

/// <summary>Theory data that several test classes share.</summary>
public static class TestCases
{
    /// <summary>Every combination of storage and residency that exists.</summary>
    public static TheoryData<StoreStorage, Residency> Everywhere { get; } = Combine(buffered: true, memoryOnly: true);

    /// <summary>The combinations in which the data is on disk.</summary>
    public static TheoryData<StoreStorage, Residency> OnDisk { get; } = Combine(buffered: false, memoryOnly: false);

    /// <summary>Every storage.</summary>
    public static TheoryData<StoreStorage> Storages { get; } = [StoreStorage.None, StoreStorage.InMemory, StoreStorage.Sqlite, StoreStorage.LoggedSqlite];

    /// <summary>Every storage that is persistent.</summary>
    public static TheoryData<StoreStorage> PersistentStorages { get; } = [StoreStorage.InMemory, StoreStorage.Sqlite, StoreStorage.LoggedSqlite];

    /// <summary>Every storage without a commit log.</summary>
    public static TheoryData<StoreStorage> StoragesWithoutLog { get; } = [StoreStorage.None, StoreStorage.InMemory, StoreStorage.Sqlite];

    /// <summary>Every persistent storage without a commit log: a durable commit waits there for a flush.</summary>
    public static TheoryData<StoreStorage> StoragesThatFlush { get; } = [StoreStorage.InMemory, StoreStorage.Sqlite];

    private static TheoryData<StoreStorage, Residency> Combine(bool buffered, bool memoryOnly)
    {
        var data = new TheoryData<StoreStorage, Residency>();
        if (memoryOnly)
        {
            data.Add(StoreStorage.None, Residency.MemoryOnly);
        }

        foreach (var storage in (StoreStorage[])[StoreStorage.InMemory, StoreStorage.Sqlite, StoreStorage.LoggedSqlite])
        {
            if (buffered)
            {
                data.Add(storage, Residency.Buffered);
            }

            data.Add(storage, Residency.Flushed);
            data.Add(storage, Residency.Evicted);
            data.Add(storage, Residency.Reopened);
        }

        return data;
    }
}
