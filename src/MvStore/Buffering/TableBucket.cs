using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MvStore.Buffering;

/// <summary>
/// Eight slots on one cache line, compared all at once, so that a search takes no branch on where in the line a record stands: such a branch, foretold wrong
/// and known only when the line has come, would keep the processor from beginning the next search meanwhile.
/// </summary>
/// <remarks>
/// The comparisons load without ordering and take the slots at different moments. Each slot is an aligned word and is loaded whole on every processor that
/// .NET runs on. Before a record is followed its slot is loaded again, with acquire (<see cref="At"/>).
/// </remarks>
internal readonly unsafe struct TableBucket
{
    /// <summary>How many slots there are.</summary>
    public const int Count = 8;

    /// <summary>How many bits tell them apart.</summary>
    public const int Bits = 3;

    // Owner of each slot: whoever holds the segment's lock. Release stores; readers acquire what they follow.
    private readonly ulong* _slots;

    /// <summary>Takes the bucket that begins with a slot.</summary>
    public TableBucket(ulong* slots) => _slots = slots;

    /// <summary>The place of a slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong* PlaceAt(int index) => _slots + index;

    /// <summary>A slot, with acquire.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TableSlot At(int index) => new(Volatile.Read(ref _slots[index]));

    /// <summary>A bit for each slot that looks as if it had a tag (<see cref="TableSlot.HasTag"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint WithTag(ulong tag)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var apart = Vector512.ShiftRightLogical(Vector512.Load(_slots) ^ Vector512.Create(tag), TableSlot.TagShift);
            return (uint)Vector512.Equals(apart, Vector512<ulong>.Zero).ExtractMostSignificantBits();
        }

        if (Vector256.IsHardwareAccelerated)
        {
            return WithTag256(0, tag) | (WithTag256(4, tag) << 4);
        }

        return WithTag128(0, tag) | (WithTag128(2, tag) << 2) | (WithTag128(4, tag) << 4) | (WithTag128(6, tag) << 6);
    }

    /// <summary>A bit for each slot that is just this word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint EqualTo(ulong word)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return (uint)Vector512.Equals(Vector512.Load(_slots), Vector512.Create(word)).ExtractMostSignificantBits();
        }

        if (Vector256.IsHardwareAccelerated)
        {
            return EqualTo256(0, word) | (EqualTo256(4, word) << 4);
        }

        return EqualTo128(0, word) | (EqualTo128(2, word) << 2) | (EqualTo128(4, word) << 4) | (EqualTo128(6, word) << 6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint WithTag256(int from, ulong tag)
    {
        var apart = Vector256.ShiftRightLogical(Vector256.Load(_slots + from) ^ Vector256.Create(tag), TableSlot.TagShift);
        return Vector256.Equals(apart, Vector256<ulong>.Zero).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint WithTag128(int from, ulong tag)
    {
        var apart = Vector128.ShiftRightLogical(Vector128.Load(_slots + from) ^ Vector128.Create(tag), TableSlot.TagShift);
        return Vector128.Equals(apart, Vector128<ulong>.Zero).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint EqualTo256(int from, ulong word)
        => Vector256.Equals(Vector256.Load(_slots + from), Vector256.Create(word)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint EqualTo128(int from, ulong word)
        => Vector128.Equals(Vector128.Load(_slots + from), Vector128.Create(word)).ExtractMostSignificantBits();
}
