using SQLitePCL;

namespace MvStore.Sqlite.Copying;

/// <summary>
/// Copies a database that is being written, by SQLite's online backup on the connection that writes: then SQLite puts each page that
/// is written between two steps into the copy as well, so the copy needs no read transaction beyond a step and never begins anew, and what it
/// holds when the last step ends is what the store holds at that moment. From a connection of its own it would begin anew after every
/// write, or hold one read transaction, under which the log grows. Used by one thread.
/// </summary>
internal sealed class LiveCopy : IDisposable
{
    private const long BytesPerStep = 4 * 1024 * 1024;

    private readonly Connection _source;
    private readonly WriteTransaction _turns;
    private readonly Connection _target;
    private readonly sqlite3_backup _copy;
    private readonly long _pageBytes;

    public LiveCopy(Connection source, WriteTransaction turns, Connection target)
    {
        _source = source;
        _turns = turns;
        _target = target;
        (_copy, _pageBytes) = turns.RunBetweenWrites(() =>
            (source.BeginCopyTo(target), long.Parse(source.Query("PRAGMA page_size"), System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>What the copy holds; set by the last step.</summary>
    public MetaRow Meta { get; private set; }

    public BackupProgress Progress { get; private set; }

    /// <summary>Copies some pages; true when all are.</summary>
    public bool Step()
        => _turns.RunBetweenWrites(() =>
        {
            var code = raw.sqlite3_backup_step(_copy, (int)Math.Max(1, BytesPerStep / _pageBytes));
            if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE))
            {
                throw _target.FailureOf(code);
            }

            var total = raw.sqlite3_backup_pagecount(_copy);
            Progress = new BackupProgress((total - raw.sqlite3_backup_remaining(_copy)) * _pageBytes, total * _pageBytes);
            if (code == raw.SQLITE_OK)
            {
                return false;
            }

            Meta = MetaRow.Load(_source);
            return true;
        });

    public void Dispose() => _turns.RunBetweenWrites(() => raw.sqlite3_backup_finish(_copy));
}
