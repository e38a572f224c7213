namespace MvStore;

/// <summary>Why a flush was started (contract D2). When several apply, the first of this list that does.</summary>
public enum FlushTrigger
{
    /// <summary>The store is being disposed.</summary>
    Dispose,

    /// <summary>Someone asked: a flush request, a durable commit, a wait for durability.</summary>
    Request,

    /// <summary>Memory reached its soft limit (<see cref="BufferOptions.SoftLimit"/>), or a commit waits for memory.</summary>
    Memory,

    /// <summary>The commit log is half full (<see cref="CommitLogOptions.MaxBytes"/>), or commits wait for room in it.</summary>
    Log,

    /// <summary>Unflushed bytes reached <see cref="FlushOptions.MaxBytes"/>.</summary>
    Bytes,

    /// <summary>Unflushed deltas reached <see cref="FlushOptions.MaxEntries"/>.</summary>
    Entries,

    /// <summary>The oldest unflushed commit reached <see cref="FlushOptions.MaxAge"/>.</summary>
    Age,
}
