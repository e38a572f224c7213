using Microsoft.Extensions.Logging;
using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>The rows of a range, one per key.</summary>
internal sealed class RangeScan : PinnedScan
{
    private readonly IBufferReader _buffer;
    private readonly RangeReader _ranges;
    private readonly PersistenceOptions _options;
    private readonly ScanRequest _request;
    private KeyBuffer _last; // The last key that was read in memory.

    public RangeScan(
        IBufferReader buffer,
        TieredReader tiers,
        RangeReader ranges,
        PersistenceOptions options,
        ScanRequest request,
        OpenPin pin,
        IPinRegistry? pins,
        object? holder,
        ILogger logger)
        : base(buffer, tiers, pin, pins, holder, logger)
    {
        _buffer = buffer;
        _ranges = ranges;
        _options = options;
        _request = request;
        IsEnded = request.IsEmpty;
    }

    protected override int FillFromMemory(Span<BufferedRow> rows)
    {
        while (Left > 0)
        {
            Cursor ??= _buffer.Seek(_request.Range, _request.Direction);
            var count = Cursor.Read(Pin.View, rows[..Math.Min(rows.Length, Left)]);
            if (HasLeftMemory())
            {
                return 0;
            }

            if (count == 0)
            {
                IsEnded = true;
                return 0;
            }

            Left -= count;
            _last.Set(rows[count - 1].Key);
            var kept = KeepReturned(rows[..count]);
            if (kept > 0)
            {
                return kept;
            }
        }

        return 0;
    }

    protected override TierPosition? PositionInMemory() => _last.IsSet ? TierPosition.Behind(_last.Memory) : null;

    protected override async ValueTask ReadBothAsync(CancellationToken cancellationToken)
    {
        var portion = await _ranges
            .ReadAsync(_request, Position, Pin.View, _options.ReadPageRows, _options.MaxExaminedPerRead, cancellationToken)
            .ConfigureAwait(false);
        Copied = KeepReturned(portion.Rows);
        Position = portion.Next;
        IsEnded = portion.Next is null;
    }

    // Nearly always all of them: then they are not copied once more.
    private IReadOnlyList<TierRow> KeepReturned(IReadOnlyList<TierRow> rows)
    {
        foreach (var row in rows)
        {
            if (!IsReturned(row))
            {
                return [.. rows.Where(IsReturned)];
            }
        }

        return rows;
    }

    private bool IsReturned(TierRow row) => !row.IsTombstone && row.Version > _request.Scope.After;

    private int KeepReturned(Span<BufferedRow> rows)
    {
        var after = _request.Scope.After.Value;
        var kept = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].HasEntry && !rows[i].IsTombstone && rows[i].Version.Value > after)
            {
                rows[kept++] = rows[i];
            }
        }

        return kept;
    }
}
