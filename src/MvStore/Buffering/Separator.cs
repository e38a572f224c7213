namespace MvStore.Buffering;

/// <summary>
/// The bytes that separate two neighbours in <see cref="RecordTree"/>, in two pieces, because a node keeps what all its separators begin with once.
/// Points into a node or a record; valid while that is.
/// </summary>
internal readonly unsafe struct Separator
{
    private readonly byte* _first;
    private readonly byte* _second;
    private readonly int _firstLength;
    private readonly int _secondLength;

    /// <summary>Names the pieces.</summary>
    public Separator(ReadOnlySpan<byte> unmanagedFirst, ReadOnlySpan<byte> unmanagedSecond)
    {
        _first = AddressOf(unmanagedFirst);
        _second = AddressOf(unmanagedSecond);
        _firstLength = unmanagedFirst.Length;
        _secondLength = unmanagedSecond.Length;
    }

    /// <summary>Bytes of both pieces.</summary>
    public int Length => _firstLength + _secondLength;

    /// <summary>The shortest separator of two neighbouring records: above the left key, and at or below the right one.</summary>
    public static Separator Between(NativeRecord* left, NativeRecord* right)
    {
        var common = NativeRecord.KeyOf(left).CommonPrefixLength(NativeRecord.KeyOf(right));
        return new Separator(NativeRecord.KeyOf(right)[..(common + 1)], default);
    }

    /// <summary>How many first bytes two separators share.</summary>
    public static int CommonLength(in Separator left, in Separator right)
    {
        var common = 0;
        while (common < left.Length && common < right.Length)
        {
            var leftPiece = left.PieceAt(common);
            var rightPiece = right.PieceAt(common);
            var here = leftPiece.CommonPrefixLength(rightPiece);
            common += here;
            if (here < leftPiece.Length && here < rightPiece.Length)
            {
                break;
            }
        }

        return common;
    }

    /// <summary>Copies the bytes from an offset on.</summary>
    public void CopyTo(int offset, Span<byte> target)
    {
        while (offset < Length && !target.IsEmpty)
        {
            var piece = PieceAt(offset);
            piece = piece[..Math.Min(piece.Length, target.Length)];
            piece.CopyTo(target);
            target = target[piece.Length..];
            offset += piece.Length;
        }
    }

    private static byte* AddressOf(ReadOnlySpan<byte> unmanaged)
        => (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(unmanaged));

    /// <summary>The rest of the piece that an offset is in.</summary>
    private ReadOnlySpan<byte> PieceAt(int offset)
        => offset < _firstLength
            ? new ReadOnlySpan<byte>(_first + offset, _firstLength - offset)
            : new ReadOnlySpan<byte>(_second + (offset - _firstLength), Length - offset);
}
