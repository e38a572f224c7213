namespace MvStore.Tests.Fixtures;

/// <summary>
/// Stands between a store and any persistent tier: records every slice, and holds or fails calls on request. Safe from any thread.
/// </summary>
public sealed class ObservedTier(IPersistentTier inner) : IPersistentTier, IInstrumentedTier
{
    private readonly object _gate = new();
    private readonly List<TierBatch> _applied = [];
    private readonly Queue<Exception> _failures = new();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failureAfterWriting;
    private Exception? _reclaimFailure;
    private Exception? _noteFailure;
    private Hold? _applyHold;
    private Hold? _readHold;
    private Hold? _reclaimHold;
    private int _attempts;
    private int _reads;
    private long _examined;
    private int _putOff;
    private int _disposals;
    private int _appliesLeft = int.MaxValue;
    private bool _abandoned;

    /// <summary>The slices that were applied, oldest first.</summary>
    public IReadOnlyList<TierBatch> Applied
    {
        get
        {
            lock (_gate)
            {
                return [.. _applied];
            }
        }
    }

    /// <summary>How many times the store tried to apply a slice.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>How many times the store read.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>How many entries the tier looked at in scans.</summary>
    public long Examined => Interlocked.Read(ref _examined);

    /// <summary>Answers scans in place of the tier, unless it returns null. To be set before anyone scans.</summary>
    public Func<TierScan, TierPage?>? AnswerScan { get; set; }

    /// <summary>Whether a run over every key that may leave something is put off, whatever could go. To be set before anyone reclaims.</summary>
    public bool PutsOff { get; set; }

    /// <summary>How many runs were put off in that way.</summary>
    public int PutOff => Volatile.Read(ref _putOff);

    /// <summary>How many times the store disposed the tier.</summary>
    public int Disposals => Volatile.Read(ref _disposals);

    /// <summary>Completes when the store disposes the tier.</summary>
    public Task Disposed => _disposed.Task;

    /// <summary>From now on, stops every apply before it does anything, until the hold is released.</summary>
    public Hold HoldApplies() => _applyHold = new Hold();

    /// <summary>From now on, stops every point read and scan before it does anything, until the hold is released.</summary>
    public Hold HoldReads() => _readHold = new Hold();

    /// <summary>From now on, stops every step of reclamation before it does anything, until the hold is released.</summary>
    public Hold HoldReclaims() => _reclaimHold = new Hold();

    /// <summary>Releases every hold.</summary>
    public void ReleaseHolds()
    {
        _applyHold?.Release();
        _readHold?.Release();
        _reclaimHold?.Release();
    }

    /// <summary>Lets the next applies fail, one with each exception, without touching the tier.</summary>
    public void FailNextApplies(params ReadOnlySpan<Exception> failures)
    {
        lock (_gate)
        {
            foreach (var failure in failures)
            {
                _failures.Enqueue(failure);
            }
        }
    }

    /// <summary>Lets applies succeed again.</summary>
    public void FailNoMoreApplies()
    {
        lock (_gate)
        {
            _failures.Clear();
        }
    }

    /// <summary>Lets the next applies fail with a kind of failure.</summary>
    public void FailNextApplies(TierFailure failure, int count)
    {
        for (var i = 0; i < count; i++)
        {
            FailNextApplies(new PersistentTierException(failure, $"Injected failure {i + 1}."));
        }
    }

    /// <summary>Lets the next apply fail after the slice was written, as a failed sync may leave it.</summary>
    public void FailNextApplyAfterWriting(Exception failure) => Volatile.Write(ref _failureAfterWriting, failure);

    /// <summary>Lets every step of reclamation fail.</summary>
    public void FailReclaims(Exception failure) => Volatile.Write(ref _reclaimFailure, failure);

    /// <summary>Lets every note fail.</summary>
    public void FailNotes(Exception failure) => Volatile.Write(ref _noteFailure, failure);

    /// <summary>The process is dead: nothing the store does from now on reaches the tier.</summary>
    public void Abandon() => Volatile.Write(ref _abandoned, true);

    /// <summary>The process dies when so many more slices are applied.</summary>
    public void AbandonAfterApplies(int count) => Volatile.Write(ref _appliesLeft, count);

    /// <inheritdoc/>
    public ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken) => inner.OpenAsync(epoch, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken) => inner.GetMarkAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        if (_applyHold is { } hold)
        {
            await hold.PassAsync(cancellationToken);
        }

        ThrowIfAbandoned();
        lock (_gate)
        {
            if (_failures.TryDequeue(out var failure))
            {
                throw failure;
            }
        }

        await inner.ApplyAsync(batch, cancellationToken);
        lock (_gate)
        {
            _applied.Add(batch with { Rows = [.. batch.Rows.Select(CopyOf)] });
            if (--_appliesLeft == 0)
            {
                Abandon();
            }
        }

        if (Interlocked.Exchange(ref _failureAfterWriting, null) is { } late)
        {
            throw late;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<TierRow>> GetAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
    {
        await BeforeReadAsync(cancellationToken);
        return await inner.GetAsync(keys, view, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken)
    {
        await BeforeReadAsync(cancellationToken);
        var page = AnswerScan?.Invoke(scan) ?? await inner.ScanAsync(scan, cancellationToken);
        Interlocked.Add(ref _examined, page.Examined);
        return page;
    }

    /// <inheritdoc/>
    public ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
    {
        ThrowIfAbandoned();
        return inner.RaiseFloorAsync(floors, settled, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
    {
        if (_reclaimHold is { } hold)
        {
            await hold.PassAsync(cancellationToken);
        }

        ThrowIfAbandoned();
        if (Volatile.Read(ref _reclaimFailure) is { } failure)
        {
            throw failure;
        }

        if (PutsOff && request is { GarbageShare: > 0, After: null, Keys: null })
        {
            Interlocked.Increment(ref _putOff);
            return new TierReclaimed(null, 0, 0, 0) { IsPutOff = true };
        }

        return await inner.ReclaimAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ThrowIfAbandoned();
        if (Volatile.Read(ref _noteFailure) is { } failure)
        {
            throw failure;
        }

        await inner.SetNoteAsync(name, content, cancellationToken);
    }

    /// <inheritdoc/>
    public void AddInstruments(System.Diagnostics.Metrics.Meter meter) => (inner as IInstrumentedTier)?.AddInstruments(meter);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        _disposed.TrySetResult();
        return inner.DisposeAsync();
    }

    private Task BeforeReadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        ThrowIfAbandoned();
        return _readHold?.PassAsync(cancellationToken) ?? Task.CompletedTask;
    }

    private void ThrowIfAbandoned()
    {
        if (Volatile.Read(ref _abandoned))
        {
            throw new PersistentTierException(TierFailure.Fatal, "The process that owned this tier is dead.");
        }
    }

    // A batch lends its memory for the call only.
    private static TierRow CopyOf(TierRow row)
        => row with { Key = row.Key.ToArray(), Value = row.Value is { } value ? value.ToArray() : default(ReadOnlyMemory<byte>?) };
}
