using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;
using MvStore.Unmanaged;

namespace MvStore.Reading;

/// <summary>
/// What both kinds of <see cref="RowScan"/> have in common: the pin they read under, the order in which portions are read and enumerated, and the change from one
/// tier to two. While memory is whole a scan walks memory and copies nothing; from the moment it is not, it goes on behind what it gave, in portions
/// read from both tiers.
/// </summary>
internal abstract class PinnedScan : RowScan
{
    // The most rows looked at in one portion in memory: the longest that an enumeration keeps memory from being reused.
    private const int MostInMemory = 512;

    private readonly OpenPin _pin;
    private readonly IPinRegistry? _pins;
    private readonly ILogger _logger;
    private readonly object? _holder;
    private readonly IBufferReader _buffer;
    private readonly TieredReader _tiers;

    // Whether memory alone is read. Owner: the one caller.
    private bool _isInMemory = true;

    // Whether a portion was read and not enumerated to its end, whether its enumeration has begun, and whether the scan was disposed. Owner: the one caller.
    private bool _isOpen;
    private bool _isBegun;
    private bool _isDisposed;

    /// <param name="buffer">Memory.</param>
    /// <param name="tiers">Knows whether memory is whole.</param>
    /// <param name="pin">What can be seen.</param>
    /// <param name="pins">Where the pin is released with the scan; null when somebody else does.</param>
    /// <param name="holder">Who else holds the pin: kept from being forgotten while the scan is in use.</param>
    /// <param name="logger">Learns of a scan that was forgotten.</param>
    protected PinnedScan(IBufferReader buffer, TieredReader tiers, OpenPin pin, IPinRegistry? pins, object? holder, ILogger logger)
    {
        _buffer = buffer;
        _tiers = tiers;
        _pin = pin;
        _pins = pins;
        _holder = holder;
        _logger = logger;
    }

    // A scan that was forgotten lets go of its pin, loudly. One under a snapshot has none of its own.
    ~PinnedScan() => Dispose(disposing: false);

    /// <summary>What can be seen.</summary>
    protected OpenPin Pin => _pin;

    /// <summary>Where memory was come to; null at first.</summary>
    protected IBufferCursor? Cursor { get; set; }

    /// <summary>How far was read; null at the beginning. Where both tiers go on.</summary>
    protected TierPosition? Position { get; set; }

    /// <summary>How many more rows may be looked at in this portion in memory.</summary>
    protected int Left { get; set; }

    /// <summary>Whether nothing more will come.</summary>
    protected bool IsEnded { get; set; }

    public sealed override ValueTask<bool> ReadAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(RowScan));
        _pin.ThrowIfReleased();
        if (_isOpen)
        {
            throw new InvalidOperationException("The current portion was not enumerated to its end; the next one would leave rows out. Enumerate it first, once.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        Copied = null;
        _isBegun = false;
        var read = ReadPortionAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            return AwaitAsync(read);
        }

        _isOpen = read.Result;
        return new ValueTask<bool>(_isOpen);
    }

    internal sealed override EpochGuard Enter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(RowScan));
        if (_isBegun)
        {
            throw new InvalidOperationException("The portion was enumerated before; to enumerate it again would leave rows out. Read the next one.");
        }

        var epoch = _buffer.Enter();
        _isBegun = true;
        return epoch;
    }

    internal sealed override int Fill(Span<BufferedRow> rows)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(RowScan));
        var count = FillFromMemory(rows);
        _pin.ThrowIfReleased();
        return count;
    }

    internal sealed override void Leave(bool isComplete)
    {
        _isOpen &= !isComplete;
        Cursor?.Suspend();
        GC.KeepAlive(_holder);
    }

    /// <summary>
    /// Whether what was just read in memory counts for nothing, because memory is no longer whole and something may have left it meanwhile. To be asked
    /// after each read; the scan then goes on in both tiers.
    /// </summary>
    protected bool HasLeftMemory()
    {
        if (!_tiers.MustAskTier())
        {
            return false;
        }

        LeaveMemory();
        return true;
    }

    /// <summary>Reads on in memory, inside an epoch.</summary>
    /// <returns>How many rows; 0 at the end of the portion.</returns>
    protected abstract int FillFromMemory(Span<BufferedRow> rows);

    /// <summary>How far was read in memory, counting only what was given.</summary>
    protected abstract TierPosition? PositionInMemory();

    /// <summary>Reads the next portion from both tiers, behind <see cref="Position"/>.</summary>
    protected abstract ValueTask ReadBothAsync(CancellationToken cancellationToken);

    private ValueTask<bool> ReadPortionAsync(CancellationToken cancellationToken)
    {
        if (IsEnded)
        {
            return new ValueTask<bool>(false);
        }

        if (_isInMemory && !_tiers.MustAskTier())
        {
            // Read while it is enumerated. That the store is open is said here already.
            _buffer.Enter().Dispose();
            Left = MostInMemory;
            return new ValueTask<bool>(true);
        }

        LeaveMemory();
        return ReadFromBothAsync(cancellationToken);
    }

    private async ValueTask<bool> ReadFromBothAsync(CancellationToken cancellationToken)
    {
        await ReadBothAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private void LeaveMemory()
    {
        if (_isInMemory)
        {
            _isInMemory = false;
            Position = PositionInMemory();
            Cursor = null;
        }
    }

    private protected override void Dispose(bool disposing)
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _pins?.Remove(_pin);
        if (!disposing && _pins is not null)
        {
            Log.ScanLeaked(_logger, _pin.Pin.At);
        }
    }

    private async ValueTask<bool> AwaitAsync(ValueTask<bool> read)
    {
        _isOpen = await read.ConfigureAwait(false);
        _pin.ThrowIfReleased();
        GC.KeepAlive(_holder);
        return _isOpen;
    }
}
