using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;
using MvStore.Reading;

namespace MvStore;

/// <summary>
/// A pinned view with an owner (contract C1). Releases its pin when disposed, or, loudly, when it is forgotten (C3). Every read holds on to the
/// snapshot until it is through, so that a read on an otherwise forgotten snapshot is not cut off.
/// </summary>
internal sealed class Snapshot : ISnapshot
{
    private readonly StoreReaders _readers;
    private readonly IPinRegistry _pins;
    private readonly ILogger _logger;
    private readonly OpenPin _pin;

    public Snapshot(OpenPin pin, StoreReaders readers, IPinRegistry pins, ILogger logger)
    {
        _pin = pin;
        _readers = readers;
        _pins = pins;
        _logger = logger;
    }

    ~Snapshot()
    {
        Log.SnapshotLeaked(_logger, Owner, Version);
        _pins.Remove(_pin);
    }

    public CommitVersion Version => _pin.Pin.At;

    public string Owner => _pin.Owner!;

    public DateTimeOffset OpenedAt => _pin.OpenedAt;

    public ValueTask<VersionedRow?> GetAsync(ReadOnlySpan<byte> key, CancellationToken cancellationToken = default)
    {
        var hash = HashOfReadable(key);
        var read = _readers.Tiers.GetAsync(key, hash, _pin.View, cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            return StillPinnedAsync(read);
        }

        _pin.ThrowIfReleased();
        GC.KeepAlive(this);
        return read;
    }

    public ValueTask<CommitVersion?> CopyAsync(
        ReadOnlySpan<byte> key,
        IBufferWriter<byte> destination,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var answer = TryGet(key, out var row);
        return answer == MemoryAnswer.NotInMemory
            ? ReadResults.WriteAsync(GetAsync(key, cancellationToken), destination)
            : new ValueTask<CommitVersion?>(ReadResults.Write(answer, row, destination));
    }

    public MemoryAnswer TryGet(ReadOnlySpan<byte> key, out GuardedRow row)
    {
        var hash = HashOfReadable(key);
        var answer = _readers.Tiers.Find(key, hash, _pin.View, out row);
        if (_pin.IsReleased)
        {
            row.Dispose();
            _pin.ThrowIfReleased();
        }

        GC.KeepAlive(this);
        return answer;
    }

    public ValueTask<bool> ContainsAsync(ReadOnlySpan<byte> key, CancellationToken cancellationToken = default)
        => ReadResults.IsPresentAsync(GetAsync(key, cancellationToken));

    public async ValueTask<IReadOnlyList<VersionedRow>> GetManyAsync(
        IReadOnlyCollection<ReadOnlyMemory<byte>> keys,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        RequireReadable();
        var distinct = KeyOrder.DistinctAscending(keys);
        foreach (var key in distinct)
        {
            RequireInScope(key.Span);
            PinOpener.RequireReadable(_pin.Floors.Set, key.Span, _readers.Classifier, Version);
        }

        var rows = new List<VersionedRow>(distinct.Length);
        var isKnown = _readers.Tiers.TryFindMany(distinct, _pin.View, rows);
        var found = isKnown ? null : await _readers.Tiers.FindManyAsync(distinct, _pin.View, cancellationToken).ConfigureAwait(false);
        _pin.ThrowIfReleased();
        GC.KeepAlive(this);
        return found is null ? rows : ReadResults.PresentRows(found);
    }

    public ValueTask<PreviousVersion> GetPreviousAsync(
        ReadOnlySpan<byte> key,
        CommitVersion before,
        CancellationToken cancellationToken = default)
    {
        RequireReadable();
        RequireInScope(key);
        return StillPinnedAsync(_readers.Points.FindPreviousAsync(key.ToArray(), before, _pin, cancellationToken));
    }

    public IAsyncEnumerable<VersionedRow> ScanAsync(
        KeyRange range,
        ScanDirection direction = ScanDirection.Forward,
        CommitVersion after = default,
        CancellationToken cancellationToken = default)
    {
        var request = RequestOf(range, direction, after);
        RequireReadable();
        return HoldingOnAsync(range, _readers.Scans.ScanAsync(_pin, request, cancellationToken), cancellationToken);
    }

    public RowScan OpenScan(KeyRange range, ScanDirection direction = ScanDirection.Forward, CommitVersion after = default)
    {
        var request = RequestOf(range, direction, after);
        RequireReadable();
        RequireAboveFloorsOf(range);
        return _readers.Rows.Open(request, _pin, pins: null, holder: this);
    }

    public RowScan OpenHistory(KeyRange range)
    {
        RequireReadable();
        RequireAboveFloorsOf(range);
        return _readers.Rows.OpenHistory(range, _pin, pins: null, holder: this);
    }

    public ValueTask<ScanPage> ScanPageAsync(
        KeyRange range,
        int pageSize,
        ScanDirection direction = ScanDirection.Forward,
        PageToken? continuation = null,
        CommitVersion after = default,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        var request = RequestOf(range, direction, after);
        RequireReadable();
        RequireAboveFloorsOf(range);
        TierPosition? position = null;
        if (continuation is { } token)
        {
            var content = _readers.Scans.Decode(token, request);
            if (content.View != _pin.View)
            {
                throw new ArgumentException("The page token is of another snapshot. Go on with it there, or begin the scan again.", nameof(continuation));
            }

            position = content.After;
        }

        return StillPinnedAsync(_readers.Scans.ReadPageAsync(_pin, request, pageSize, position, _pin.Floors.Generation, cancellationToken));
    }

    public IAsyncEnumerable<VersionedRow> HistoryAsync(KeyRange range, CancellationToken cancellationToken = default)
    {
        RequireReadable();
        return HoldingOnAsync(range, _readers.History.ReadAsync(_pin, range, cancellationToken), cancellationToken);
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _pins.Remove(_pin);
    }

    // Checks that the key may be read, while its place in memory is on the way.
    private ulong HashOfReadable(ReadOnlySpan<byte> key)
    {
        var hash = KeyHash.Of(key);
        _readers.Tiers.Prefetch(hash);
        RequireReadable();
        RequireInScope(key);
        PinOpener.RequireReadable(_pin.Floors.Set, key, _readers.Classifier, Version);
        return hash;
    }

    private async ValueTask<T> StillPinnedAsync<T>(ValueTask<T> read)
    {
        var result = await read.ConfigureAwait(false);
        _pin.ThrowIfReleased();
        GC.KeepAlive(this);
        return result;
    }

    private async IAsyncEnumerable<VersionedRow> HoldingOnAsync(
        KeyRange range,
        IAsyncEnumerable<VersionedRow> rows,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RequireReadable();
        RequireAboveFloorsOf(range);
        await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return row;
        }

        GC.KeepAlive(this);
    }

    private ScanRequest RequestOf(KeyRange range, ScanDirection direction, CommitVersion after)
    {
        var request = new ScanRequest(range, ReadScope.Between(after, Version), direction);
        request.Validate();
        return request;
    }

    private void RequireReadable()
    {
        _readers.Lifetime.ThrowIfDisposed();
        _pin.ThrowIfReleased();
    }

    private void RequireAboveFloorsOf(KeyRange range)
    {
        if (_pin.Terms.Scope is { } scope && !scope.Covers(range))
        {
            throw new OutOfScopeException(Owner, scope);
        }

        PinOpener.RequireAtOrAbove(_pin.Floors.Set.HighestIn(range, _readers.Classifier), Version);
    }

    private void RequireInScope(ReadOnlySpan<byte> key)
    {
        if (_pin.Terms.Scope is { } scope && !scope.Contains(key))
        {
            throw new OutOfScopeException(Owner, scope);
        }
    }
}
