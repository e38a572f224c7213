using Microsoft.Data.Sqlite;

namespace MvStore.Sqlite;

/// <summary>
/// The persistent tier in one SQLite file: full history in documented tables (contract F1). It answers synchronously, on the caller's
/// thread, except for a read that finds all <see cref="SqliteTierOptions.MaxReadConnections"/> connections in use. All members are safe
/// from any thread; writing members wait for one another. Failures are <see cref="PersistentTierException"/>: busy, locked and full are
/// <see cref="TierFailure.Transient"/>, an I/O error while syncing is <see cref="TierFailure.InDoubt"/>, damage is
/// <see cref="TierFailure.Damaged"/>, all else is <see cref="TierFailure.Fatal"/>.
/// </summary>
public sealed class SqliteTier : IPersistentTier
{
    private readonly SqliteTierOptions _options;
    private readonly CallGate _gate = new();
    private readonly Lock _opening = new();  // guards opening and the start of disposal
    private volatile SqliteStore? _store;    // set once by OpenAsync
    private Task? _disposal;                 // under _opening; set once

    /// <summary>Makes a tier that is not open yet; touches no file.</summary>
    /// <param name="options">Where and how. Copied.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public SqliteTier(SqliteTierOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Copy();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The tier is open already.</exception>
    /// <exception cref="ObjectDisposedException">The tier is disposed.</exception>
    /// <exception cref="PersistentTierException">The files cannot be created, read or written, or are damaged.</exception>
    public ValueTask<TierState> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _gate.Enter(this);
        try
        {
            lock (_opening)
            {
                if (_store is not null)
                {
                    throw new InvalidOperationException("The tier is open already.");
                }

                _store = SqliteStore.Open(_options);
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
        return ReadAsync<IReadOnlyList<TierRow>>(reader => PointRead.Run(reader, keys, view, cancellationToken), cancellationToken);
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
        if (scan.Mode == TierScanMode.Newest)
        {
            return ReadAsync(reader => new NewestScan(reader, scan, cancellationToken).Run(), cancellationToken);
        }

        return scan.Direction == ScanDirection.Forward
            ? ReadAsync(reader => new HistoryScan(reader, scan, cancellationToken).Run(), cancellationToken)
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
    /// <exception cref="ArgumentOutOfRangeException">No entry may be looked at.</exception>
    /// <exception cref="ObjectDisposedException">The tier is disposed.</exception>
    /// <exception cref="PersistentTierException">Nothing was removed, or, in doubt, it may have been.</exception>
    public ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.MaxVersions, 1, nameof(request));
        var done = default(TierReclaimed);
        Write(store => done = store.Writer.Reclaim(request, cancellationToken), cancellationToken);
        return new ValueTask<TierReclaimed>(done);
    }

    /// <summary>
    /// Waits for running calls, closes the files and gives up ownership. Later calls throw <see cref="ObjectDisposedException"/>;
    /// disposing again waits for the same end.
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
        await _gate.CloseAsync().ConfigureAwait(false);
        _store?.Dispose();
    }

    private SqliteStore Opened()
        => _store ?? throw new InvalidOperationException("The tier is not open; open it first.");

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

    private async ValueTask<T> ReadAsync<T>(Func<Reader, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _gate.Enter(this);
        try
        {
            var pool = Opened().Readers;
            var reader = await pool.RentAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return reader.InOneState(read);
            }
            finally
            {
                pool.Return(reader);
            }
        }
        catch (SqliteException failure)
        {
            throw Failures.Translate(failure, whileSyncing: false, "reading");
        }
        finally
        {
            _gate.Leave();
        }
    }
}
