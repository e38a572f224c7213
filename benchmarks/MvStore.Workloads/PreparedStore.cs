using System.Collections.Concurrent;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Workloads;

/// <summary>An engine that was filled for the workloads of a shape.</summary>
public sealed class PreparedStore : IDisposable
{
    public const int VersionsPerKey = 10;
    private const int VersionedShare = 10;

    private readonly ConcurrentStack<IWorkloadReader> _readers = []; // Open and idle.
    private long _nextNewIndex;

    private PreparedStore(EngineDescriptor descriptor, IWorkloadEngine engine, LoadedRows rows)
    {
        Descriptor = descriptor;
        Engine = engine;
        Rows = rows;
        Clock = new VersionClock(rows.LastVersion);
        _nextNewIndex = rows.Count;
    }

    public EngineDescriptor Descriptor { get; }

    public IWorkloadEngine Engine { get; }

    public LoadedRows Rows { get; }

    public VersionClock Clock { get; }

    /// <summary>Opens an engine and fills it for a shape.</summary>
    public static PreparedStore Open(EngineDescriptor descriptor, EngineSettings settings, StoreShape shape, long keys)
    {
        switch (shape)
        {
            case StoreShape.Versioned:
                return Open(descriptor, settings, ManyVersionsOf(keys));
            case StoreShape.Stored:
                var store = Open(descriptor, settings with { Duty = EngineDuty.Migration }, new LoadedRows(keys, 1));
                store.MoveToDisk();
                return store;
            default:
                return Open(descriptor, settings, new LoadedRows(keys, 1));
        }
    }

    /// <summary>Opens an engine and fills it with rows.</summary>
    public static PreparedStore Open(EngineDescriptor descriptor, EngineSettings settings, LoadedRows rows)
    {
        var store = new PreparedStore(descriptor, descriptor.Open(settings), rows);
        using (store.Engine is IBulkLoad bulk ? bulk.BeginBulkLoad() : null)
        {
            Loading.Load(store.Engine, rows, store.HoldIfAsked);
        }

        return store;
    }

    /// <summary>The rows of a store with many versions.</summary>
    public static LoadedRows ManyVersionsOf(long keys)
        => new(Math.Max(keys / VersionedShare, LoadedRows.RowsPerCommit), VersionsPerKey);

    /// <summary>Moves everything to disk and out of memory.</summary>
    public void MoveToDisk()
    {
        var stored = (IStoredEngine)Engine;
        stored.PrepareMove();
        stored.MoveToDisk();
        stored.LeaveMemory();
        RequireNothingInMemory();
    }

    /// <summary>Requires that every read is answered from disk.</summary>
    /// <exception cref="WrongAnswerException">Some rows are in memory.</exception>
    public void RequireNothingInMemory() => WrongAnswerException.Require("rows in memory", 0, ((IStoredEngine)Engine).RowsInMemory);

    /// <summary>An index that was never handed out before.</summary>
    public long NewIndex() => Interlocked.Increment(ref _nextNewIndex) - 1;

    /// <summary>A reader for one thread, warm if there is one: what a reader caches is not to be cold again in each run.</summary>
    public IWorkloadReader RentReader() => _readers.TryPop(out var reader) ? reader : Engine.OpenReader();

    public void ReturnReader(IWorkloadReader reader) => _readers.Push(reader);

    public void Dispose()
    {
        foreach (var reader in _readers)
        {
            reader.Dispose();
        }

        Engine.Dispose();
    }

    private void HoldIfAsked(int round)
    {
        if (Rows.Rounds > 1 && Descriptor.Has(EngineTraits.HeldVersions))
        {
            ((IHeldSnapshots)Engine).Hold(Rows.VersionsPerRound * (ulong)(round + 1));
        }
    }
}
