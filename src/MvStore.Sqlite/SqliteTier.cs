using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;

namespace MvStore.Sqlite;

/// <summary>
/// The persistent tier in one SQLite file: full history in documented tables (contract F1). It answers synchronously, on the caller's
/// thread, except for a read that finds all <see cref="SqliteTierOptions.MaxReadConnections"/> connections in use. All members are safe
/// from any thread; writing members wait for one another. Failures are <see cref="PersistentTierException"/>: busy, locked and full are
/// <see cref="TierFailure.Transient"/>, an I/O error while syncing is <see cref="TierFailure.InDoubt"/>, damage is
/// <see cref="TierFailure.Damaged"/>, all else is <see cref="TierFailure.Fatal"/>. What is in doubt is not resolved
/// (<see cref="TierCapabilities.ResolvesDoubt"/>): after a failed sync the page cache shows what need not be on disk. A second owner is kept out, so that
/// <see cref="TierFailure.Fenced"/> says only that the epoch asked for is not above all earlier ones.
/// </summary>
public sealed class SqliteTier : IPersistentTier, IInstrumentedTier
{
    private readonly SqliteTierOptions _options;
    private readonly CallGate _gate = new();
    private readonly Lock _opening = new();  // guards opening and the start of disposal
    private volatile SqliteStore? _store;    // set once by OpenAsync
    private Task? _disposal;                 // under _opening; set once
    private readonly CancellationTokenSource _closing = new(); // ends backups and verifications when disposal begins; never disposed: no timer, no handle

    /// <summary>Makes a tier that is not open yet; touches no file.</summary>
    /// <param name="options">Where and how. Copied.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public SqliteTier(SqliteTierOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Copy();
    }

    /// <summary>The absolute path of the store's file.</summary>
    public string Path => _options.Path;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The tier is open already.</exception>
    /// <exception cref="ObjectDisposedException">The tier is disposed.</exception>
    /// <exception cref="PersistentTierException">The files cannot be created, read or written, or are damaged.</exception>
    public ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _gate.Enter(this);
        try
        {
            lock (_opening)
            {
                if (_store is not null)
                {
                    throw new InvalidOperationException("The tier is open already: it belongs to the store that opened it. Make another one for another store.");
                }

                _store = SqliteStore.Open(_options, epoch);
                return new ValueTask<TierState>(_store.Writer.State);
            }
        }
        catch (SqliteException failure)
        {
            throw Failures.Translate(failure, whileSyncing: false, "opening the store");
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The tier is disposed.</exception>
    public ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken)
    {
        var mark = 0UL;
        Write(store => mark = store.Writer.DurableSequence, cancellationToken);
        return new ValueTask<ulong>(mark);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The tier is disposed.</exception>
    /// <exception cref="PersistentTierException">The batch was not written, or, in doubt, may have been.</exception>
    public ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Write(store => store.Writer.Apply(batch), cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The tier is disposed.</exception>
    /// <exception cref="PersistentTierException">The read failed, or met a damaged row.</exception>
    public ValueTask<IReadOnlyList<TierRow>> GetAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierView view,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Count == 1 && _store is { } store
            ? store.Reads.LookUpAsync(keys, view, cancellationToken)
            : ReadAsync<PointRead, IReadOnlyList<TierRow>>(new PointRead(keys, view, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">No row may be returned, or none looked at.</exception>
    /// <exception cref="ArgumentException">A history is asked for in reverse.</exception>
    /// <exception cref="ObjectDisposedException">The tier is disposed.</exception>
    /// <exception cref="PersistentTierException">The read failed, or met a damaged row.</exception>
    public ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scan.MaxRows, 1, nameof(scan));
        ArgumentOutOfRangeException.ThrowIfLessThan(scan.MaxExamined, 1, nameof(scan));
        ArgumentOutOfRangeException.ThrowIfLessThan(scan.MaxBytes, 1, nameof(scan));
        return scan.Mode == TierScanMode.Newest || scan.Direction == ScanDirection.Forward
            ? ReadAsync<PageRead, TierPage>(new PageRead(scan, cancellationToken), cancellationToken)
            : throw new ArgumentException("A history goes forward only.", nameof(scan));
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The tier is disposed.</exception>
    /// <exception cref="PersistentTierException">The floors were not stored.</exception>
    public ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(floors);
        ArgumentNullException.ThrowIfNull(settled);
        Write(store => store.Writer.RaiseFloor(floors, settled), cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">No entry may be looked at, or what may stay is no share.</exception>
    /// <exception cref="ObjectDisposedException">The tier is disposed.</exception>
    /// <exception cref="PersistentTierException">Nothing was removed, or, in doubt, it may have been.</exception>
    public ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.MaxVersions, 1, nameof(request));
        if (request.GarbageShare is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(request), request.GarbageShare, "A share is 0 to 1.");
        }

        var done = default(TierReclaimed);
        Write(store => done = store.Writer.Reclaim(request, cancellationToken), cancellationToken);
        return new ValueTask<TierReclaimed>(done);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not 1 to <see cref="TierNote.MaxNameLength"/> ASCII characters.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="content"/> is longer than <see cref="TierNote.MaxContentLength"/>.</exception>
    /// <exception cref="ObjectDisposedException">The tier is disposed.</exception>
    /// <exception cref="PersistentTierException">The note was not set, or, in doubt, may have been.</exception>
    public ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        TierNote.Check(name, content);
        Write(store => store.Writer.SetNote(name, content), cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="meter"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The tier is not open.</exception>
    public void AddInstruments(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        Opened().Writer.Checkpoints.AddTo(meter);
    }

    /// <summary>
    /// Copies the open store to another file, which can be opened as a store (contract F7). It holds the publications up to a mark, whole, with
    /// floors and pending drops: those that were durable when the last step ran. What is committed and not flushed is not in it; flush first
    /// if it should be. Reads and writes go on meanwhile; a write waits for one step at most, which copies a few megabytes. Runs on the thread
    /// pool; several may run at once, to different files.
    /// </summary>
    /// <param name="path">The file to make. Nothing may exist there; its directory must. Readable and writable by its owner only.</param>
    /// <param name="progress">Is told after each step. Default: nobody.</param>
    /// <param name="cancellationToken">Ends the copying after the step under way; nothing but a lock file stays behind.</param>
    /// <returns>What the backup holds.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, names SQLite's in-memory database, or is a URI.</exception>
    /// <exception cref="InvalidOperationException">The tier is not open.</exception>
    /// <exception cref="ObjectDisposedException">The tier is disposed, or was while this ran.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="PersistentTierException">
    /// Something exists at <paramref name="path"/>, or the file cannot be written; <see cref="TierFailure.Transient"/> when the disk is full. The
    /// store itself is not affected.
    /// </exception>
    /// <exception cref="StoreInUseException">Another backup to the same file is under way.</exception>
    public Task<BackupReport> BackUpAsync(
        string path,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var target = StorePath.Checked(path);
        return RunLongAsync((store, token) => StoreCopy.Run(store.Writer, target, _options, progress, token), "copying the store", cancellationToken);
    }

    /// <summary>
    /// Checks the whole store while it is in use (contract F3): every row of every table against its checksum, its order and the marks, and
    /// the floors and drops against each other. Reads in short transactions, each judged by the marks of its own moment, so writes and
    /// reclamation meanwhile are no findings; what is written behind the place the check has reached is not looked at. SQLite's own
    /// check of the file's structure comes last, in one read, and is given up when the log grows over <see cref="SqliteTierOptions.CheckpointBytes"/>
    /// meanwhile. Runs on the thread pool.
    /// </summary>
    /// <param name="progress">Is told after each transaction. Default: nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found. Damage is in the report, not thrown.</returns>
    /// <exception cref="InvalidOperationException">The tier is not open.</exception>
    /// <exception cref="ObjectDisposedException">The tier is disposed, or was while this ran.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="PersistentTierException">The file cannot be read for another reason than damage.</exception>
    public Task<VerificationReport> VerifyAsync(
        IProgress<VerificationProgress>? progress = null,
        CancellationToken cancellationToken = default)
        => RunLongAsync((store, token) => StoreVerification.RunOnOpenStore(store.Path, _options, progress, token), "verifying the store", cancellationToken);

    /// <summary>
    /// Waits for running calls, closes the files and gives up ownership. Later calls throw <see cref="ObjectDisposedException"/>;
    /// disposing again waits for the same end. Backups and verifications under way end early.
    /// </summary>
    /// <returns>A task that completes when the files are closed.</returns>
    public ValueTask DisposeAsync()
    {
        lock (_opening)
        {
            _disposal ??= DisposeOnceAsync();
        }

        return new ValueTask(_disposal);
    }

    private async Task DisposeOnceAsync()
    {
        _closing.Cancel();
        await _gate.CloseAsync().ConfigureAwait(false);
        if (_store is { } store)
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }
    }

    private SqliteStore Opened()
        => _store ?? throw new InvalidOperationException("The tier is not open; open it first.");

    private async Task<T> RunLongAsync<T>(Func<SqliteStore, CancellationToken, T> work, string doing, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _gate.Enter(this);
        try
        {
            var store = Opened();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
            return await Task.Run(() => work(store, either.Token), CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(GetType().FullName);
        }
        catch (SqliteException failure)
        {
            throw Failures.Translate(failure, whileSyncing: false, doing);
        }
        finally
        {
            _gate.Leave();
        }
    }

    private void Write(Action<SqliteStore> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _gate.Enter(this);
        try
        {
            write(Opened());
        }
        finally
        {
            _gate.Leave();
        }
    }

    private ValueTask<T> ReadAsync<TRead, T>(TRead read, CancellationToken cancellationToken)
        where TRead : struct, IRead<T>
    {
        try
        {
            return OpenedForReading().Reads.RunAsync<TRead, T>(read, cancellationToken);
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<T>(failure);
        }
    }

    private SqliteStore OpenedForReading()
    {
        if (_store is { } store)
        {
            return store;
        }

        // Not open, or disposed before it was.
        _gate.Enter(this);
        _gate.Leave();
        return Opened();
    }
}
