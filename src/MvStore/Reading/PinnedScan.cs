using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;
using MvStore.Unmanaged;

namespace MvStore.Reading;

/// <summary>What both kinds of <see cref="RowScan"/> have in common: the pin they read under, and the order in which portions are read and enumerated.</summary>
internal abstract class PinnedScan : RowScan
{
    /// <summary>The most rows looked at in one portion in memory: the longest that an enumeration keeps memory from being reused.</summary>
    protected const int MostInMemory = 512;

    private readonly OpenPin _pin;
    private readonly IPinRegistry? _pins;
    private readonly ILogger _logger;
    private readonly object? _holder;

    // Whether a portion was read and not enumerated to its end, whether its enumeration has begun, and whether the scan was disposed. Owner: the one caller.
    private bool _isOpen;
    private bool _isBegun;
    private bool _isDisposed;

    /// <param name="pin">What can be seen.</param>
    /// <param name="pins">Where the pin is released with the scan; null when somebody else does.</param>
    /// <param name="holder">Who else holds the pin: kept from being forgotten while the scan is in use.</param>
    /// <param name="logger">Learns of a scan that was forgotten.</param>
    protected PinnedScan(OpenPin pin, IPinRegistry? pins, object? holder, ILogger logger)
    {
        _pin = pin;
        _pins = pins;
        _holder = holder;
        _logger = logger;
    }

    // A scan that was forgotten lets go of its pin, loudly. One under a snapshot has none of its own.
    ~PinnedScan() => Dispose(disposing: false);

    /// <summary>What can be seen.</summary>
    protected OpenPin Pin => _pin;

    public sealed override ValueTask<bool> ReadAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(RowScan));
        _pin.ThrowIfReleased();
        if (_isOpen)
        {
            throw new InvalidOperationException("The current portion was not enumerated to its end; the next one would leave rows out.");
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
            throw new InvalidOperationException("The portion was enumerated before; to enumerate it again would leave rows out.");
        }

        var epoch = EnterMemory();
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
        Suspend();
        GC.KeepAlive(_holder);
    }

    /// <summary>Makes the next portion: in memory, by leaving it to <see cref="FillFromMemory"/>, or of copied rows.</summary>
    /// <returns>False at the end of the scan.</returns>
    protected abstract ValueTask<bool> ReadPortionAsync(CancellationToken cancellationToken);

    /// <summary>Enters an epoch in which memory can be read.</summary>
    protected abstract EpochGuard EnterMemory();

    /// <summary>Reads on in memory, inside an epoch.</summary>
    /// <returns>How many rows; 0 at the end of the portion.</returns>
    protected abstract int FillFromMemory(Span<BufferedRow> rows);

    /// <summary>The epoch is about to be left.</summary>
    protected abstract void Suspend();

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
