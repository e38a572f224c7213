using System.Runtime.CompilerServices;
using MvStore.Contracts;
using MvStore.Reading;

namespace MvStore;

/// <summary>The reads of ranges that a store does outside of any snapshot: each under a pin of its own, which lasts as long as the read.</summary>
internal sealed class StoreScans(StoreReaders readers, PinOpener pinOpener, IPinRegistry pins)
{
    /// <summary>See <see cref="IMultiVersionRange.ScanAsync"/>.</summary>
    public IAsyncEnumerable<VersionedRow> ScanAsync(KeyRange range, ReadScope scope, ScanDirection direction, CancellationToken cancellationToken)
    {
        var request = RequestOf(range, scope, direction);
        return UnderPin(range, scope.At, pin => readers.Scans.ScanAsync(pin, request, cancellationToken), cancellationToken);
    }

    /// <summary>See <see cref="IMultiVersionRange.OpenScan"/>.</summary>
    public RowScan OpenScan(KeyRange range, ReadScope scope, ScanDirection direction)
    {
        var request = RequestOf(range, scope, direction);
        return readers.Rows.Open(request, OpenPin(range, scope.At), pins, holder: null);
    }

    /// <summary>See <see cref="IMultiVersionRange.ScanPageAsync"/>.</summary>
    public async ValueTask<ScanPage> ScanPageAsync(
        KeyRange range, ReadScope scope, int pageSize, ScanDirection direction, PageToken? continuation, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        var request = RequestOf(range, scope, direction);

        OpenPin pin;
        TierPosition? after = null;
        ulong generation;
        if (continuation is { } token)
        {
            var content = readers.Scans.Decode(token, request);
            pin = pinOpener.Reopen(content.View, content.Visible, content.Generation, range, readers.Classifier);
            after = content.After;
            generation = content.Generation;
        }
        else
        {
            pin = OpenPin(range, scope.At);
            generation = pin.Floors.Generation;
        }

        try
        {
            return await readers.Scans.ReadPageAsync(pin, request, pageSize, after, generation, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            pins.Remove(pin);
        }
    }

    /// <summary>See <see cref="IMultiVersionHistory.HistoryAsync"/>.</summary>
    public IAsyncEnumerable<VersionedRow> HistoryAsync(KeyRange range, CommitVersion at, CancellationToken cancellationToken)
    {
        readers.Lifetime.ThrowIfDisposed();
        return UnderPin(range, at, pin => readers.History.ReadAsync(pin, range, cancellationToken), cancellationToken);
    }

    /// <summary>See <see cref="IMultiVersionHistory.OpenHistory"/>.</summary>
    public RowScan OpenHistory(KeyRange range, CommitVersion at)
    {
        readers.Lifetime.ThrowIfDisposed();
        return readers.Rows.OpenHistory(range, OpenPin(range, at), pins, holder: null);
    }

    private ScanRequest RequestOf(KeyRange range, ReadScope scope, ScanDirection direction)
    {
        var request = new ScanRequest(range, scope, direction);
        request.Validate();
        readers.Lifetime.ThrowIfDisposed();
        return request;
    }

    private OpenPin OpenPin(KeyRange range, CommitVersion at)
        => pinOpener.Open(at, owner: null, floors => floors.HighestIn(range, readers.Classifier));

    private async IAsyncEnumerable<VersionedRow> UnderPin(
        KeyRange range,
        CommitVersion at,
        Func<OpenPin, IAsyncEnumerable<VersionedRow>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        readers.Lifetime.ThrowIfDisposed();
        var pin = OpenPin(range, at);
        try
        {
            await foreach (var row in read(pin).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return row;
            }
        }
        finally
        {
            pins.Remove(pin);
        }
    }
}
