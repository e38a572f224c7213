using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Reading;

/// <summary>
/// The rows of a range, one per key. While nothing has left memory it walks memory and copies nothing; from the moment something has, it goes on behind
/// the last row it gave, in portions read from both tiers.
/// </summary>
internal sealed class RangeScan(
    IBufferReader buffer,
    TieredReader tiers,
    RangeReader ranges,
    PersistenceOptions options,
    ScanRequest request,
    OpenPin pin,
    IPinRegistry? pins,
    object? holder,
    ILogger logger) : PinnedScan(pin, pins, holder, logger)
{
    private readonly ulong _after = request.Scope.After.Value;
    private IBufferCursor? _cursor;
    private TierPosition? _position; // Behind what was read from both tiers.
    private byte[] _lastKey = []; // Of what was read in memory; longer than the key.
    private int _lastLength = -1;
    private int _left;
    private bool _isInMemory = true;
    private bool _isEnded = request.IsEmpty;

    protected override ValueTask<bool> ReadPortionAsync(CancellationToken cancellationToken)
    {
        if (_isEnded)
        {
            return new ValueTask<bool>(false);
        }

        if (_isInMemory && !tiers.MustAskTier())
        {
            _left = MostInMemory;
            return new ValueTask<bool>(true);
        }

        LeaveMemory();
        return ReadBothAsync(cancellationToken);
    }

    protected override EpochGuard EnterMemory() => buffer.Enter();

    protected override int FillFromMemory(Span<BufferedRow> rows)
    {
        while (_left > 0)
        {
            _cursor ??= buffer.Seek(request.Range, request.Direction);
            var count = _cursor.Read(Pin.View, rows[..Math.Min(rows.Length, _left)]);

            // Asked after the read: what is missing in it may just have left memory, so then it counts for nothing.
            if (tiers.MustAskTier())
            {
                LeaveMemory();
                return 0;
            }

            if (count == 0)
            {
                _isEnded = true;
                return 0;
            }

            _left -= count;
            RememberLast(rows[count - 1].Key);
            var kept = KeepReturned(rows[..count]);
            if (kept > 0)
            {
                return kept;
            }
        }

        return 0;
    }

    protected override void Suspend() => _cursor?.Suspend();

    private int KeepReturned(Span<BufferedRow> rows)
    {
        var kept = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].HasEntry && !rows[i].IsTombstone && rows[i].Version.Value > _after)
            {
                rows[kept++] = rows[i];
            }
        }

        return kept;
    }

    private void RememberLast(ReadOnlySpan<byte> key)
    {
        if (_lastKey.Length < key.Length)
        {
            _lastKey = new byte[Math.Max(64, key.Length)];
        }

        key.CopyTo(_lastKey);
        _lastLength = key.Length;
    }

    private void LeaveMemory()
    {
        if (!_isInMemory)
        {
            return;
        }

        _isInMemory = false;
        _cursor = null;
        _position = _lastLength < 0 ? null : TierPosition.Behind(_lastKey.AsMemory(0, _lastLength));
    }

    private async ValueTask<bool> ReadBothAsync(CancellationToken cancellationToken)
    {
        var portion = await ranges
            .ReadAsync(request, _position, Pin.View, options.ReadPageRows, options.MaxExaminedPerRead, cancellationToken)
            .ConfigureAwait(false);
        Copied = [.. portion.Rows.Where(r => !r.IsTombstone && r.Version.Value > _after)];
        _position = portion.Next;
        _isEnded = portion.Next is null;
        return true;
    }
}
