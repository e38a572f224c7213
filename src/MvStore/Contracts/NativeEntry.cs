using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MvStore.Contracts;

/// <summary>
/// One version of one key in unmanaged memory: this header, then the bytes of the value. Once it is linked nothing but <see cref="Older"/> changes, and, before it is published, <see cref="Sequence"/>. To be
/// read inside an epoch, or while something else keeps it: an entry that is published and not durable is never removed.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal unsafe struct NativeEntry
{
    /// <summary>Bytes before the value.</summary>
    public const int HeaderSize = 28;

    /// <summary>The sequence of an entry that no view will ever see: what is left of a commit that found no memory even to be undone.</summary>
    public const ulong HiddenSequence = ulong.MaxValue;

    private const uint TombstoneFlag = 1u << 31;
    private const uint FinalFlag = 1u << 30;
    private const uint LengthMask = FinalFlag - 1;

    /// <summary>The version it was written at.</summary>
    public ulong Version;

    /// <summary>
    /// The publication that wrote it. Of an entry that is not published it may become <see cref="HiddenSequence"/>: under the record's lock, by a release store.
    /// </summary>
    public ulong Sequence;

    /// <summary>The next older entry of a short chain, or 0. Owner: whoever holds the record's lock. Release store; readers acquire.</summary>
    public nint Older;

    private uint _lengthAndFlags;

    /// <summary>Whether it deletes the key.</summary>
    public readonly bool IsTombstone => (_lengthAndFlags & TombstoneFlag) != 0;

    /// <summary>Whether no view will ever see it.</summary>
    public readonly bool IsHidden => Sequence == HiddenSequence;

    /// <summary>Whether nothing in the persistent tier can beat it (I6).</summary>
    public readonly bool IsFinal => (_lengthAndFlags & FinalFlag) != 0;

    /// <summary>Whether it is final and no tombstone: one look at the usual case.</summary>
    public readonly bool IsFinalRow => (_lengthAndFlags & (TombstoneFlag | FinalFlag)) == FinalFlag;

    /// <summary>Bytes of the value; 0 for a tombstone.</summary>
    public readonly int ValueLength => (int)(_lengthAndFlags & LengthMask);

    /// <summary>The bytes an entry with a value of some length takes.</summary>
    public static nuint SizeOf(int valueLength) => (nuint)(HeaderSize + valueLength);

    /// <summary>The value of an entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> ValueOf(NativeEntry* entry) => new((byte*)entry + HeaderSize, entry->ValueLength);

    /// <summary>Writes an entry into a block of <see cref="SizeOf"/> bytes.</summary>
    public static void Write(NativeEntry* entry, ulong version, ulong sequence, bool isTombstone, bool isFinal, ReadOnlySpan<byte> value)
    {
        entry->Version = version;
        entry->Sequence = sequence;
        entry->Older = 0;
        entry->_lengthAndFlags = (uint)value.Length | (isTombstone ? TombstoneFlag : 0) | (isFinal ? FinalFlag : 0);
        value.CopyTo(new Span<byte>((byte*)entry + HeaderSize, value.Length));
    }
}
