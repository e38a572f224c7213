using System.Buffers.Binary;

namespace MvStore.Reading;

/// <summary>What a scan is asked.</summary>
internal readonly record struct ScanRequest(KeyRange Range, ReadScope Scope, ScanDirection Direction)
{
    /// <summary>Whether the answer is empty whatever is stored.</summary>
    public bool IsEmpty => Range.IsEmpty || Scope.After >= Scope.At;

    /// <summary>Demands a known direction.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Direction))
        {
            throw new ArgumentOutOfRangeException("direction", Direction, "A direction is Forward or Reverse.");
        }
    }

    /// <summary>A fingerprint that ties a page token to the scan.</summary>
    public ulong Fingerprint()
    {
        Span<byte> fixedPart = stackalloc byte[(2 * sizeof(ulong)) + 5];
        BinaryPrimitives.WriteUInt64LittleEndian(fixedPart, Scope.After.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(fixedPart[sizeof(ulong)..], Scope.At.Value);
        var flags = fixedPart[(2 * sizeof(ulong))..];
        flags[0] = (byte)Direction;
        flags[1] = Flag(Range.Start is not null);
        flags[2] = Flag(Range.StartInclusive);
        flags[3] = Flag(Range.End is not null);
        flags[4] = Flag(Range.EndInclusive);

        var start = Range.Start.GetValueOrDefault();
        Span<byte> startLength = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(startLength, start.Length);
        var hash = Reading.Fingerprint.Of(fixedPart);
        hash = Reading.Fingerprint.Of(startLength, hash);
        hash = Reading.Fingerprint.Of(start.Span, hash);
        return Reading.Fingerprint.Of(Range.End.GetValueOrDefault().Span, hash);
    }

    private static byte Flag(bool value) => value ? (byte)1 : (byte)0;
}
