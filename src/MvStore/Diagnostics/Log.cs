using Microsoft.Extensions.Logging;

namespace MvStore.Diagnostics;

/// <summary>
/// Every log message of the engine. Event ids: 1000 opening and closing, 1100 flushing, 1200 reclamation, 1300 listeners, 1400 snapshots,
/// 1500 backpressure, 1600 the commit log, 1700 reading. No
/// message carries key or value bytes (contract F8).
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Store '{Name}' opened: {Tier}, durable up to publication {Sequence}, version {Version}, floor {Floor}.")]
    public static partial void StoreOpened(ILogger logger, string name, string tier, ulong sequence, CommitVersion version, CommitVersion floor);

    [LoggerMessage(1001, LogLevel.Information, "Store '{Name}' closed.")]
    public static partial void StoreClosed(ILogger logger, string name);

    [LoggerMessage(1002, LogLevel.Error, "Store '{Name}' could not close its persistent tier.")]
    public static partial void TierCloseFailed(ILogger logger, string name, Exception exception);

    [LoggerMessage(1003, LogLevel.Information, "Store '{Name}' owns its persistent tier under epoch {Epoch}; what it writes is as durable as '{Durability}'.")]
    public static partial void TierOpened(ILogger logger, string name, ulong epoch, TierDurability durability);

    [LoggerMessage(
        1004,
        LogLevel.Information,
        "Store '{Name}' keeps to {Budget} bytes of memory ({Origin}); above {Soft} flushing and eviction work harder, at {Hard} commits wait.")]
    public static partial void MemoryPlanned(ILogger logger, string name, long budget, string origin, long soft, long hard);

    [LoggerMessage(1005, LogLevel.Warning, "Opening failed, and closing what was open already failed as well.")]
    public static partial void OpeningAbandoned(ILogger logger, Exception exception);

    [LoggerMessage(1100, LogLevel.Warning, "Flush attempt {Attempt} of {Commits} commits failed and will be repeated.")]
    public static partial void FlushFailed(ILogger logger, int attempt, int commits, Exception exception);

    [LoggerMessage(1101, LogLevel.Critical, "The store has stopped for writing.")]
    public static partial void StoreFailed(ILogger logger, Exception exception);

    [LoggerMessage(1102, LogLevel.Error, "The flusher was abandoned with {Commits} commits not durable.")]
    public static partial void FlusherAbandoned(ILogger logger, int commits);

    [LoggerMessage(1200, LogLevel.Warning, "A run of reclamation failed and will be repeated.")]
    public static partial void ReclamationFailed(ILogger logger, Exception exception);

    [LoggerMessage(1201, LogLevel.Error, "A run of reclamation did not end while the store closed; it is left behind inside the persistent tier.")]
    public static partial void ReclamationAbandoned(ILogger logger, Exception exception);

    [LoggerMessage(1202, LogLevel.Warning, "The times of the last versions were not stored while the store closed; they count as visible since the next opening.")]
    public static partial void TimesNotStored(ILogger logger, Exception exception);

    [LoggerMessage(1300, LogLevel.Error, "Listener {Listener} threw; it will be called again.")]
    public static partial void ListenerFailed(ILogger logger, string listener, Exception exception);

    [LoggerMessage(1301, LogLevel.Warning, "Listener {Listener} did not finish while the store closed.")]
    public static partial void ListenerAbandoned(ILogger logger, string listener);

    [LoggerMessage(1302, LogLevel.Error, "A collector of measurements or activities threw; it will be called again.")]
    public static partial void CollectorFailed(ILogger logger, Exception exception);

    [LoggerMessage(1500, LogLevel.Warning, "Commits wait ({Reason}): there is no room for {Bytes} bytes.")]
    public static partial void StallBegan(ILogger logger, StallReason reason, long bytes);

    [LoggerMessage(1501, LogLevel.Information, "No commit waits any more, after {Duration}.")]
    public static partial void StallEnded(ILogger logger, TimeSpan duration);

    [LoggerMessage(1600, LogLevel.Information, "The commit log was replayed: {Commits} commits, {Rows} rows, up to publication {Sequence}.")]
    public static partial void LogReplayed(ILogger logger, long commits, long rows, ulong sequence);

    [LoggerMessage(1601, LogLevel.Warning, "The commit log ended within a commit that was never durable; up to {Bytes} bytes behind publication {Sequence} were cut.")]
    public static partial void LogCut(ILogger logger, long bytes, ulong sequence);

    [LoggerMessage(1602, LogLevel.Error, "The commit log is damaged, and the store goes on without what is behind the damage: {Damage}. Kept up to publication {Sequence}.")]
    public static partial void LogDamaged(ILogger logger, string damage, ulong sequence);

    [LoggerMessage(1603, LogLevel.Warning, "The commit log found no space and will try again after attempt {Attempt}.")]
    public static partial void LogStalled(ILogger logger, int attempt, Exception exception);

    [LoggerMessage(1604, LogLevel.Error, "The commit log was abandoned while it waited for space, behind publication {Sequence}.")]
    public static partial void LogAbandoned(ILogger logger, ulong sequence);

    [LoggerMessage(1605, LogLevel.Error, "The store's commit log is missing, and the store goes on without it, as it was told to: what only the log had is lost.")]
    public static partial void LogLost(ILogger logger);

    [LoggerMessage(1606, LogLevel.Warning, "Everything is in the persistent tier, which could not be told so: the next opening needs the commit log.")]
    public static partial void LogStillNeeded(ILogger logger, Exception exception);

    [LoggerMessage(1607, LogLevel.Warning, "Files of the commit log that are not needed could not be deleted.")]
    public static partial void LogFilesKept(ILogger logger, Exception exception);
    [LoggerMessage(1700, LogLevel.Information, "Which keys the persistent tier holds is known now, in {Bytes} bytes: reads of unknown keys need not ask it.")]
    public static partial void StoredKeysKnown(ILogger logger, long bytes);

    [LoggerMessage(1701, LogLevel.Warning, "Which keys the persistent tier holds could not be found out, or they are too many for the filter; reads of unknown keys go on asking it.")]
    public static partial void StoredKeysGivenUp(ILogger logger, Exception? exception);

    [LoggerMessage(1702, LogLevel.Error, "A walk over the keys of the persistent tier was abandoned.")]
    public static partial void WalkAbandoned(ILogger logger, Exception exception);

    [LoggerMessage(1401, LogLevel.Warning, "A scan at version {Version} was not disposed; what it pinned is released now.")]
    public static partial void ScanLeaked(ILogger logger, CommitVersion version);

    [LoggerMessage(1402, LogLevel.Warning, "The snapshot of '{Owner}' at version {Version} alone keeps {Held} bytes; its budget is {Budget}.")]
    public static partial void SnapshotNearBudget(ILogger logger, string owner, CommitVersion version, long held, long budget);

    [LoggerMessage(1403, LogLevel.Warning, "The snapshot of '{Owner}' at version {Version} alone kept {Held} bytes, more than its budget of {Budget}, and was ended.")]
    public static partial void SnapshotRevoked(ILogger logger, string owner, CommitVersion version, long held, long budget);

    [LoggerMessage(1404, LogLevel.Information, "The lease '{Name}' at version {Version} is past its limit, and was ended.")]
    public static partial void LeaseExpired(ILogger logger, string name, CommitVersion version);

    [LoggerMessage(1405, LogLevel.Error, "The lease '{Name}' at version {Version} was given up: it sees publication {Sequence}, and there are {Published}. What was durable was lost.")]
    public static partial void LeaseLost(ILogger logger, string name, CommitVersion version, ulong sequence, ulong published);

    [LoggerMessage(1800, LogLevel.Information, "The hold '{Name}' of changes behind publication {Sequence} is past its limit, and was ended.")]
    public static partial void ChangeHoldExpired(ILogger logger, string name, ulong sequence);

    [LoggerMessage(1801, LogLevel.Error, "The hold '{Name}' of changes was given up: it is behind publication {Sequence}, and there are {Published}. What was durable was lost.")]
    public static partial void ChangeHoldLost(ILogger logger, string name, ulong sequence, ulong published);

    [LoggerMessage(1400, LogLevel.Warning, "A snapshot of '{Owner}' at version {Version} was not disposed; it is released now.")]
    public static partial void SnapshotLeaked(ILogger logger, string owner, CommitVersion version);
}
