using System.Buffers;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore;

/// <summary>
/// A row where it lies in the store's memory, without a copy. It keeps that memory from being reused until it is disposed: dispose it soon, and touch neither
/// it nor a span that came from it afterwards. Belongs to the thread that read it.
/// </summary>
public ref struct GuardedRow : IDisposable
{
    private readonly BufferedRow _row;
    private EpochGuard _guard;

    internal GuardedRow(BufferedRow row, EpochGuard guard)
    {
        _row = row;
        _guard = guard;
    }

    /// <summary>Whether there is a row. If not, the other members may not be used.</summary>
    public readonly bool IsPresent => _row.HasEntry;

    /// <summary>The key.</summary>
    public readonly ReadOnlySpan<byte> Key => _row.Key;

    /// <summary>The version the row was <b>written</b> at, never the version that was asked for (contract B2).</summary>
    public readonly CommitVersion Version => _row.Version;

    /// <summary>The value; empty only if it is empty.</summary>
    public readonly ReadOnlySpan<byte> Value => _row.Value;

    /// <summary>Copies the value.</summary>
    /// <param name="destination">Where to.</param>
    /// <returns>False, with nothing copied, when it does not fit.</returns>
    public readonly bool TryCopyTo(Span<byte> destination) => _row.Value.TryCopyTo(destination);

    /// <summary>Appends the value to a writer.</summary>
    /// <param name="destination">The writer.</param>
    /// <exception cref="ArgumentNullException"><paramref name="destination"/> is null.</exception>
    public readonly void CopyTo(IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Write(_row.Value);
    }

    /// <summary>A copy that the caller owns; one array holds key and value.</summary>
    /// <returns>The row.</returns>
    public readonly VersionedRow ToRow() => _row.ToVersionedRow();

    /// <summary>Lets the memory go. Again: without effect.</summary>
    public void Dispose() => _guard.Dispose();
}
