namespace MvStore;

/// <summary>
/// A range of keys with inclusive, exclusive or absent bounds, ordered bytewise and unsigned (contract B6). An inverted or empty range
/// holds no key and is never an error. Bounds are copied. Immutable and safe from any thread.
/// </summary>
public readonly struct KeyRange : IEquatable<KeyRange>
{
    private readonly byte[]? _start;
    private readonly byte[]? _end;

    private KeyRange(byte[]? start, bool startInclusive, byte[]? end, bool endInclusive)
    {
        _start = start;
        _end = end;
        StartInclusive = startInclusive;
        EndInclusive = endInclusive;
    }

    /// <summary>Every key.</summary>
    public static KeyRange All => default;

    /// <summary>The lower bound, or null when there is none.</summary>
    public ReadOnlyMemory<byte>? Start => _start is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(_start);

    /// <summary>Whether <see cref="Start"/> itself belongs to the range.</summary>
    public bool StartInclusive { get; }

    /// <summary>The upper bound, or null when there is none.</summary>
    public ReadOnlyMemory<byte>? End => _end is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(_end);

    /// <summary>Whether <see cref="End"/> itself belongs to the range.</summary>
    public bool EndInclusive { get; }

    /// <summary>Whether no key can be in the range, because its bounds are inverted or touch without including.</summary>
    public bool IsEmpty
    {
        get
        {
            if (_start is null || _end is null)
            {
                return _end is { Length: 0 } && !EndInclusive;
            }

            var order = _start.AsSpan().SequenceCompareTo(_end);
            return order > 0 || (order == 0 && !(StartInclusive && EndInclusive));
        }
    }

    /// <summary>Whether two ranges have the same bounds.</summary>
    /// <param name="left">One range.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(KeyRange left, KeyRange right) => left.Equals(right);

    /// <summary>Whether two ranges differ in a bound.</summary>
    /// <param name="left">One range.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(KeyRange left, KeyRange right) => !left.Equals(right);

    /// <summary>Keys from <paramref name="start"/> up to but not including <paramref name="end"/>.</summary>
    /// <param name="start">The lower bound, included.</param>
    /// <param name="end">The upper bound, excluded.</param>
    /// <returns>The range.</returns>
    public static KeyRange Between(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end)
        => new(start.ToArray(), true, end.ToArray(), false);

    /// <summary>Keys between two bounds, each inclusive or exclusive.</summary>
    /// <param name="start">The lower bound.</param>
    /// <param name="startInclusive">Whether the lower bound belongs to the range.</param>
    /// <param name="end">The upper bound.</param>
    /// <param name="endInclusive">Whether the upper bound belongs to the range.</param>
    /// <returns>The range.</returns>
    public static KeyRange Between(ReadOnlySpan<byte> start, bool startInclusive, ReadOnlySpan<byte> end, bool endInclusive)
        => new(start.ToArray(), startInclusive, end.ToArray(), endInclusive);

    /// <summary>The range that holds one key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The range.</returns>
    public static KeyRange Exactly(ReadOnlySpan<byte> key) => Between(key, true, key, true);

    /// <summary>Keys at or above a bound.</summary>
    /// <param name="start">The lower bound.</param>
    /// <param name="inclusive">Whether the bound belongs to the range. Default true.</param>
    /// <returns>The range.</returns>
    public static KeyRange From(ReadOnlySpan<byte> start, bool inclusive = true) => new(start.ToArray(), inclusive, null, false);

    /// <summary>Keys below a bound.</summary>
    /// <param name="end">The upper bound.</param>
    /// <param name="inclusive">Whether the bound belongs to the range. Default false.</param>
    /// <returns>The range.</returns>
    public static KeyRange Until(ReadOnlySpan<byte> end, bool inclusive = false) => new(null, false, end.ToArray(), inclusive);

    /// <summary>Every key that begins with a prefix. The empty prefix is every key; trailing 0xFF bytes are handled.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <returns>The range.</returns>
    public static KeyRange Prefix(ReadOnlySpan<byte> prefix)
    {
        var significant = prefix.TrimEnd((byte)0xFF);
        if (significant.IsEmpty)
        {
            return prefix.IsEmpty ? All : From(prefix);
        }

        var end = significant.ToArray();
        end[^1]++;
        return new KeyRange(prefix.ToArray(), true, end, false);
    }

    /// <summary>Whether a key is in the range.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True when it is.</returns>
    public bool Contains(ReadOnlySpan<byte> key) => !IsBelowStart(key) && !IsAboveEnd(key);

    /// <summary>Whether every key of another range is in this one.</summary>
    internal bool Covers(KeyRange other)
        => other.IsEmpty
            || ((_start is null || (other._start is not null && (other.StartInclusive ? !IsBelowStart(other._start) : other._start.AsSpan().SequenceCompareTo(_start) >= 0)))
                && (_end is null || (other._end is not null && (other.EndInclusive ? !IsAboveEnd(other._end) : other._end.AsSpan().SequenceCompareTo(_end) <= 0))));

    /// <summary>The part of this range that is after a key.</summary>
    /// <param name="key">The key to begin behind.</param>
    /// <param name="inclusive">Whether the key itself may belong to the result. Default false.</param>
    /// <returns>A range with the same end.</returns>
    public KeyRange After(ReadOnlySpan<byte> key, bool inclusive = false)
    {
        var order = _start is null ? 1 : key.SequenceCompareTo(_start);
        return order < 0 || (order == 0 && !StartInclusive) ? this : new KeyRange(key.ToArray(), inclusive, _end, EndInclusive);
    }

    /// <summary>The part of this range that is before a key.</summary>
    /// <param name="key">The key to end before.</param>
    /// <param name="inclusive">Whether the key itself may belong to the result. Default false.</param>
    /// <returns>A range with the same start.</returns>
    public KeyRange Before(ReadOnlySpan<byte> key, bool inclusive = false)
    {
        var order = _end is null ? -1 : key.SequenceCompareTo(_end);
        return order > 0 || (order == 0 && !EndInclusive) ? this : new KeyRange(_start, StartInclusive, key.ToArray(), inclusive);
    }

    /// <summary>Whether a key sorts before every key of the range.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True when the lower bound excludes it.</returns>
    public bool IsBelowStart(ReadOnlySpan<byte> key)
    {
        if (_start is null)
        {
            return false;
        }

        var order = key.SequenceCompareTo(_start);
        return order < 0 || (order == 0 && !StartInclusive);
    }

    /// <summary>Whether a key sorts after every key of the range.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True when the upper bound excludes it.</returns>
    public bool IsAboveEnd(ReadOnlySpan<byte> key)
    {
        if (_end is null)
        {
            return false;
        }

        var order = key.SequenceCompareTo(_end);
        return order > 0 || (order == 0 && !EndInclusive);
    }

    /// <inheritdoc/>
    public bool Equals(KeyRange other)
        => SameBound(_start, other._start) && SameBound(_end, other._end)
            && StartInclusive == other.StartInclusive && EndInclusive == other.EndInclusive;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is KeyRange other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_start);
        hash.AddBytes(_end);
        hash.Add(StartInclusive);
        hash.Add(EndInclusive);
        return hash.ToHashCode();
    }

    /// <summary>The kinds and sizes of the bounds; never key bytes (contract F8).</summary>
    /// <returns>The text.</returns>
    public override string ToString()
        => $"{(StartInclusive ? '[' : '(')}{Describe(_start)}, {Describe(_end)}{(EndInclusive ? ']' : ')')}";

    private static string Describe(byte[]? bound) => bound is null ? "unbounded" : $"{bound.Length} bytes";

    private static bool SameBound(byte[]? left, byte[]? right)
        => left is null ? right is null : right is not null && left.AsSpan().SequenceEqual(right);
}
