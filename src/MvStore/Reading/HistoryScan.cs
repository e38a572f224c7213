using Microsoft.Extensions.Logging;
using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>Every kept version of a range: keys ascending, per key the newest first.</summary>
internal sealed class HistoryScan : PinnedScan
{
    private readonly IBufferReader _buffer;
    private readonly HistoryReader _history;
    private readonly KeyRange _range;
    private readonly HistoryCut _cut;
    private KeyBuffer _key; // The key it is in, or was last in.
    private KeyBuffer _previousKey; // The one before it.
    private CommitVersion _below; // Versions of the key below this one are still to come; 0 when the key is done.

    public HistoryScan(
        IBufferReader buffer,
        TieredReader tiers,
        HistoryReader history,
        KeyRange range,
        OpenPin pin,
        IPinRegistry? pins,
        object? holder,
        ILogger logger)
        : base(buffer, tiers, pin, pins, holder, logger)
    {
        _buffer = buffer;
        _history = history;
        _range = range;
        _cut = history.NewCut();
        IsEnded = range.IsEmpty;
    }

    protected override int FillFromMemory(Span<BufferedRow> rows)
    {
        while (Left > 0)
        {
            if (_below == CommitVersion.Zero && !MoveToNextKey(rows))
            {
                return 0;
            }

            var remaining = Pin.View with { At = Math.Min(Pin.View.At.Value, _below.Value - 1) };
            var wanted = Math.Min(rows.Length, Left);
            var count = _buffer.FindVersions(_key.Span, remaining, rows[..wanted]);
            if (HasLeftMemory())
            {
                return 0;
            }

            _below = count < wanted ? CommitVersion.Zero : rows[count - 1].Version;
            Left -= Math.Max(1, count);
            var admitted = Admit(rows[..count]);
            if (admitted > 0)
            {
                return admitted;
            }
        }

        return 0;
    }

    protected override TierPosition? PositionInMemory()
    {
        if (_below == CommitVersion.Latest)
        {
            // Nothing was given of the key it is in.
            return _previousKey.IsSet ? TierPosition.Behind(_previousKey.Memory) : null;
        }

        return _key.IsSet ? new TierPosition(_key.Memory, _below) : null;
    }

    protected override async ValueTask ReadBothAsync(CancellationToken cancellationToken)
    {
        var chunk = await _history.ReadChunkAsync(_range, Position, Pin.View, cancellationToken).ConfigureAwait(false);
        var reach = _history.ReachOf(Pin);
        Copied = [.. chunk.Rows.Where(r => _cut.Admits(r.Key.Span, r.Version, reach))];
        Position = chunk.Next;
        IsEnded = chunk.Next is null;
    }

    private bool MoveToNextKey(Span<BufferedRow> rows)
    {
        Cursor ??= _buffer.Seek(_range, ScanDirection.Forward);
        var count = Cursor.Read(Pin.View, rows[..1]);
        if (HasLeftMemory())
        {
            return false;
        }

        if (count == 0)
        {
            IsEnded = true;
            return false;
        }

        (_key, _previousKey) = (_previousKey, _key);
        _key.Set(rows[0].Key);
        _below = CommitVersion.Latest;
        return true;
    }

    private int Admit(Span<BufferedRow> rows)
    {
        // Taken after the rows were read.
        var reach = _history.ReachOf(Pin);
        for (var i = 0; i < rows.Length; i++)
        {
            if (!_cut.Admits(_key.Span, rows[i].Version, reach))
            {
                _below = CommitVersion.Zero; // What is older is not admitted either.
                return i;
            }
        }

        return rows.Length;
    }
}
