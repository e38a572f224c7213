using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Reading;

/// <summary>
/// Every kept version of a range: keys ascending, per key the newest first. While nothing has left memory it walks memory and copies nothing; from the moment
/// something has, it goes on behind the last version it looked at, in chunks read from both tiers.
/// </summary>
internal sealed class HistoryScan(
    IBufferReader buffer,
    TieredReader tiers,
    HistoryReader history,
    KeyRange range,
    OpenPin pin,
    IPinRegistry? pins,
    object? holder,
    ILogger logger) : PinnedScan(pin, pins, holder, logger)
{
    private readonly HistoryCut _cut = history.NewCut();
    private IBufferCursor? _cursor;
    private TierPosition? _position; // Behind what was looked at.
    private byte[] _key = []; // The key it is in, or was last in; longer than the key.
    private byte[] _previousKey = []; // The one before it; longer than the key.
    private int _keyLength = -1;
    private int _previousLength = -1;
    private CommitVersion _below; // Versions of the key below this one are still to come; 0 when the key is done.
    private int _left;
    private bool _isInMemory = true;
    private bool _isEnded = range.IsEmpty;

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
            if (_below == CommitVersion.Zero && !MoveToNextKey(rows))
            {
                return 0;
            }

            var key = _key.AsSpan(0, _keyLength);
            var remaining = Pin.View with { At = Math.Min(Pin.View.At.Value, _below.Value - 1) };
            var wanted = Math.Min(rows.Length, _left);
            var count = buffer.FindVersions(key, remaining, rows[..wanted]);
            if (tiers.MustAskTier())
            {
                LeaveMemory();
                return 0;
            }

            _below = count < wanted ? CommitVersion.Zero : rows[count - 1].Version;
            _left -= Math.Max(1, count);
            var admitted = Admit(key, rows[..count]);
            if (admitted > 0)
            {
                return admitted;
            }
        }

        return 0;
    }

    protected override void Suspend() => _cursor?.Suspend();

    private bool MoveToNextKey(Span<BufferedRow> rows)
    {
        _cursor ??= buffer.Seek(range, ScanDirection.Forward);
        var count = _cursor.Read(Pin.View, rows[..1]);
        if (tiers.MustAskTier())
        {
            LeaveMemory();
            return false;
        }

        if (count == 0)
        {
            _isEnded = true;
            return false;
        }

        var key = rows[0].Key;
        (_key, _previousKey, _previousLength) = (_previousKey, _key, _keyLength);
        if (_key.Length < key.Length)
        {
            _key = new byte[Math.Max(64, key.Length)];
        }

        key.CopyTo(_key);
        _keyLength = key.Length;
        _below = CommitVersion.Latest;
        return true;
    }

    private int Admit(ReadOnlySpan<byte> key, Span<BufferedRow> rows)
    {
        // Taken after the rows were read.
        var reach = history.ReachOf(Pin);
        for (var i = 0; i < rows.Length; i++)
        {
            if (!_cut.Admits(key, rows[i].Version, reach))
            {
                _below = CommitVersion.Zero; // What is older is not admitted either.
                return i;
            }
        }

        return rows.Length;
    }

    private void LeaveMemory()
    {
        if (!_isInMemory)
        {
            return;
        }

        _isInMemory = false;
        _cursor = null;
        if (_below == CommitVersion.Latest)
        {
            // Nothing was given of the key it is in.
            _position = _previousLength < 0 ? null : TierPosition.Behind(_previousKey.AsMemory(0, _previousLength));
        }
        else if (_keyLength >= 0)
        {
            _position = new TierPosition(_key.AsMemory(0, _keyLength), _below);
        }
    }

    private async ValueTask<bool> ReadBothAsync(CancellationToken cancellationToken)
    {
        var chunk = await history.ReadChunkAsync(range, _position, Pin.View, cancellationToken).ConfigureAwait(false);
        var reach = history.ReachOf(Pin);
        Copied = [.. chunk.Rows.Where(r => _cut.Admits(r.Key.Span, r.Version, reach))];
        _position = chunk.Next;
        _isEnded = chunk.Next is null;
        return true;
    }
}
