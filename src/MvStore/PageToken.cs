namespace MvStore;

/// <summary>
/// Where the next page of a scan begins (contract B9). Opaque: it holds the position, the moment the scan began, and what it was asked,
/// and is checked when it comes back. Valid while the store that issued it is open. It contains key bytes, so treat it like data.
/// </summary>
/// <param name="bytes">The encoded token, as an earlier <see cref="Bytes"/> gave it.</param>
public readonly struct PageToken(ReadOnlyMemory<byte> bytes) : IEquatable<PageToken>
{
    /// <summary>The encoded token, to carry it out of the process and back.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>Whether two tokens are the same.</summary>
    /// <param name="left">One token.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(PageToken left, PageToken right) => left.Equals(right);

    /// <summary>Whether two tokens differ.</summary>
    /// <param name="left">One token.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(PageToken left, PageToken right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(PageToken other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PageToken other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>The size; never key bytes (contract F8).</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"page token of {Bytes.Length} bytes";
}
