using System.Globalization;

namespace MvStore;

/// <summary>
/// The position of a commit in the host's history: an unsigned 64-bit number chosen by the caller, 1 to 2^63-1. Gaps and late (lower)
/// arrivals are allowed. Immutable and safe from any thread.
/// </summary>
/// <param name="value">The raw number. Any value can be represented; what a member accepts is said there.</param>
public readonly struct CommitVersion(ulong value) : IEquatable<CommitVersion>, IComparable<CommitVersion>
{
    /// <summary>Before everything: no commit has this version, and a read at it finds nothing.</summary>
    public static readonly CommitVersion Zero;

    /// <summary>The lowest version a commit may have: 1.</summary>
    public static readonly CommitVersion Min = new(1);

    /// <summary>The highest version a commit may have: 2^63-1.</summary>
    public static readonly CommitVersion Max = new(long.MaxValue);

    /// <summary>In a read, "whatever is published now". Never the version of a commit.</summary>
    public static readonly CommitVersion Latest = new(ulong.MaxValue);

    /// <summary>The raw number.</summary>
    public ulong Value { get; } = value;

    /// <summary>Wraps a raw number.</summary>
    /// <param name="value">The raw number.</param>
    public static implicit operator CommitVersion(ulong value) => new(value);

    /// <summary>Wraps a raw number; the named form of the conversion.</summary>
    /// <param name="value">The raw number.</param>
    /// <returns>The version.</returns>
    public static CommitVersion FromUInt64(ulong value) => new(value);

    /// <summary>Whether two versions are the same.</summary>
    /// <param name="left">One version.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(CommitVersion left, CommitVersion right) => left.Value == right.Value;

    /// <summary>Whether two versions differ.</summary>
    /// <param name="left">One version.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(CommitVersion left, CommitVersion right) => left.Value != right.Value;

    /// <summary>Whether <paramref name="left"/> is older.</summary>
    /// <param name="left">One version.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(CommitVersion left, CommitVersion right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is newer.</summary>
    /// <param name="left">One version.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(CommitVersion left, CommitVersion right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not newer.</summary>
    /// <param name="left">One version.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(CommitVersion left, CommitVersion right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not older.</summary>
    /// <param name="left">One version.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(CommitVersion left, CommitVersion right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(CommitVersion other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public bool Equals(CommitVersion other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CommitVersion other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>The number in invariant digits, or <c>latest</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => this == Latest ? "latest" : Value.ToString(CultureInfo.InvariantCulture);
}
