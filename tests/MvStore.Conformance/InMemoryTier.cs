namespace MvStore.Conformance;

/// <summary>
/// A persistent tier that persists nothing beyond its <see cref="InMemoryTierStorage"/>: a sorted set under a lock, for tests of the
/// engine, with hooks that make it fail and stall. Safe from any thread; so are the hooks.
/// </summary>
/// <param name="storage">What it keeps.</param>
public sealed class InMemoryTier(InMemoryTierStorage storage) : IPersistentTier
{
    private readonly InMemoryTierStorage _storage = storage ?? throw new ArgumentNullException(nameof(storage));
    private readonly Queue<PlannedFailure> _failures = new(); // under the storage's gate
    private TaskCompletionSource? _block;                     // under the storage's gate; completed when applies may go on
    private TaskCompletionSource _blocked = NewSignal();      // under the storage's gate; completed when an apply is held
    private int _applyCalls;
    private int _getCalls;
    private int _scanCalls;
    private int _raiseFloorCalls;
    private int _reclaimCalls;
    private int _setNoteCalls;
    private bool _wasOpen;                                    // under the storage's gate
    private volatile bool _disposed;

    /// <summary>Makes a tier over new, empty storage.</summary>
    public InMemoryTier()
        : this(new InMemoryTierStorage())
    {
    }

    /// <summary>What it keeps.</summary>
    public InMemoryTierStorage Storage => _storage;

    /// <summary>What it says of itself when it is opened.</summary>
    /// <value>Default: what a local disk does.</value>
    public TierCapabilities Capabilities { get; init; } = new() { RaisesFloorsInSlices = true, ReclaimsInSlices = true };

    /// <summary>Calls of <see cref="ApplyAsync"/>, failed ones included.</summary>
    public int ApplyCalls => Volatile.Read(ref _applyCalls);

    /// <summary>Calls of <see cref="GetAsync"/>.</summary>
    public int GetCalls => Volatile.Read(ref _getCalls);

    /// <summary>Calls of <see cref="ScanAsync"/>.</summary>
    public int ScanCalls => Volatile.Read(ref _scanCalls);

    /// <summary>Calls of <see cref="RaiseFloorAsync"/>.</summary>
    public int RaiseFloorCalls => Volatile.Read(ref _raiseFloorCalls);

    /// <summary>Calls of <see cref="ReclaimAsync"/>.</summary>
    public int ReclaimCalls => Volatile.Read(ref _reclaimCalls);

    /// <summary>Calls of <see cref="SetNoteAsync"/>.</summary>
    public int SetNoteCalls => Volatile.Read(ref _setNoteCalls);

    /// <summary>Makes the next applies fail. Adds to what is planned already.</summary>
    /// <param name="count">How many.</param>
    /// <param name="failure">How.</param>
    /// <param name="afterWriting">Whether the slice is stored all the same, as a failed sync may leave it.</param>
    public void FailNextApplies(int count, TierFailure failure, bool afterWriting = false)
    {
        lock (_storage.Gate)
        {
            for (var i = 0; i < count; i++)
            {
                _failures.Enqueue(new PlannedFailure(failure, afterWriting));
            }
        }
    }

    /// <summary>Holds applies until <see cref="ReleaseApplies"/>. Reads go on.</summary>
    /// <returns>A task that completes when an apply is held.</returns>
    public Task BlockApplies()
    {
        lock (_storage.Gate)
        {
            _block ??= NewSignal();
            return _blocked.Task;
        }
    }

    /// <summary>Lets held applies go on, and later ones pass.</summary>
    public void ReleaseApplies()
    {
        lock (_storage.Gate)
        {
            _block?.SetResult();
            _block = null;
            _blocked = NewSignal();
        }
    }

    /// <inheritdoc/>
    public ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_storage.Gate)
        {
            _storage.Acquire(this, epoch);
            _wasOpen = true;
            return new ValueTask<TierState>(new TierState(_storage.DurableSequence, _storage.HighestVersion, _storage.Floors)
            {
                Drops = _storage.Drops,
                Notes = _storage.Notes,
                Identity = _storage.Identity,
                Epoch = _storage.Epoch,
                Capabilities = Capabilities,
            });
        }
    }

    /// <inheritdoc/>
    public ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_storage.Gate)
        {
            ThrowUnlessOpen();
            return new ValueTask<ulong>(_storage.DurableSequence);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Interlocked.Increment(ref _applyCalls);
        await WaitUntilReleasedAsync(cancellationToken);
        lock (_storage.Gate)
        {
            ThrowUnlessOpen();
            PlannedFailure? failure = _failures.TryDequeue(out var planned) ? planned : null;
            if (failure is null or { AfterWriting: true })
            {
                Store(batch);
            }

            if (failure is { } f)
            {
                throw new PersistentTierException(f.Kind, "A failure planned by the test.");
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TierRow>> GetAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierView view,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _getCalls);
        lock (_storage.Gate)
        {
            ThrowUnlessOpen();
            List<TierRow> found = [];
            foreach (var key in keys)
            {
                found.AddRange(InMemoryRange.Of(_storage.Entries, KeyRange.Exactly(key.Span))
                    .Where(r => view.CanSee(r.Version, r.Sequence))
                    .Take(1));
            }

            return new ValueTask<IReadOnlyList<TierRow>>(found);
        }
    }

    /// <inheritdoc/>
    public ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scan.MaxRows, 1, nameof(scan));
        ArgumentOutOfRangeException.ThrowIfLessThan(scan.MaxExamined, 1, nameof(scan));
        ArgumentOutOfRangeException.ThrowIfLessThan(scan.MaxBytes, 1, nameof(scan));
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _scanCalls);
        lock (_storage.Gate)
        {
            ThrowUnlessOpen();
            return new ValueTask<TierPage>(InMemoryRange.Scan(_storage.Entries, scan));
        }
    }

    /// <inheritdoc/>
    public ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(floors);
        ArgumentNullException.ThrowIfNull(settled);
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _raiseFloorCalls);
        lock (_storage.Gate)
        {
            ThrowUnlessOpen();
            _storage.Kinds = _storage.Kinds.RaisedTo(floors.Kinds);
            InMemoryFloors.Settle(_storage, floors.ByKey, settled);
            return ValueTask.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.MaxVersions, 1, nameof(request));
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _reclaimCalls);
        lock (_storage.Gate)
        {
            ThrowUnlessOpen();
            return new ValueTask<TierReclaimed>(InMemoryReclamation.Step(_storage.Entries, request));
        }
    }

    /// <inheritdoc/>
    public ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        TierNote.Check(name, content);
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _setNoteCalls);
        lock (_storage.Gate)
        {
            ThrowUnlessOpen();
            _storage.SetNote(name, content.Span);
            return ValueTask.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        _storage.Release(this);
        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async ValueTask WaitUntilReleasedAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task? released;
        lock (_storage.Gate)
        {
            released = _block?.Task;
            if (released is not null)
            {
                _blocked.TrySetResult();
            }
        }

        if (released is not null)
        {
            await released.WaitAsync(cancellationToken);
        }
    }

    private void Store(TierBatch batch)
    {
        if (batch.PreviousSequence != _storage.DurableSequence)
        {
            throw new PersistentTierException(TierFailure.Fatal, "The slice does not continue what is durable.");
        }

        foreach (var row in batch.Rows.Where(_storage.Entries.Contains))
        {
            throw new PersistentTierException(TierFailure.Fatal, $"There is an entry at this version already: {row}.");
        }

        foreach (var row in batch.Rows)
        {
            ReadOnlyMemory<byte>? value = null;
            if (row.Value is { } v)
            {
                value = v.ToArray();
            }

            _storage.Entries.Add(row with { Key = row.Key.ToArray(), Value = value });
        }

        InMemoryFloors.Add(_storage, batch.Drops);
        if (batch.Floors is { } floors)
        {
            _storage.Kinds = _storage.Kinds.RaisedTo(floors.Kinds);
            InMemoryFloors.Settle(_storage, floors.ByKey, batch.Settled);
        }

        if (Capabilities.ReclaimsInSlices)
        {
            InMemoryReclamation.RemoveSuperseded(_storage.Entries, batch);
        }

        _storage.DurableSequence = batch.Sequence;
        if (batch.HighestVersion > _storage.HighestVersion)
        {
            _storage.HighestVersion = batch.HighestVersion;
        }
    }

    private void ThrowUnlessOpen()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_storage.IsOwnedBy(this))
        {
            throw _wasOpen
                ? new PersistentTierException(TierFailure.Fenced, "The tier lost its storage to another.")
                : new PersistentTierException(TierFailure.Fatal, "The tier is not open.");
        }
    }

    private readonly record struct PlannedFailure(TierFailure Kind, bool AfterWriting);
}
