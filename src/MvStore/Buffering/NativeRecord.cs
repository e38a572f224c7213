using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MvStore.Contracts;

namespace MvStore.Buffering;

/// <summary>
/// A key and its chain in unmanaged memory: this header, then the bytes of the key, then, where it is small, the entry the record was born with: a read of a
/// key with one version then touches one place. Writers exclude each other by the record's lock, which covers a few memory accesses and never a
/// wait; readers take none.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeRecord
{
    /// <summary>Bytes before the key.</summary>
    public const int HeaderSize = 16;

    /// <summary>The longest value that lives inside the record it was born with. What is longer would stay allocated with the record for too long.</summary>
    public const int MaxInlineValue = 256;

    private const int Locked = 1;
    private const int Removed = 2;
    private const int HasInlineEntry = 4;
    private const int KindShift = 3;

    // What VersionChain makes of it. Owner: whoever holds the lock. Release store; readers acquire.
    private nint _chain;

    // Never changes.
    private int _keyLength;

    // The lock, whether the record has left the index, whether it has an inline entry, and its kind. Owner: whoever holds the lock; taken by
    // compare-and-swap, released by a release store.
    private int _state;

    /// <summary>Bytes of the key.</summary>
    public readonly int KeyLength => _keyLength;

    /// <summary>The most kinds that can be told apart.</summary>
    public static int MaxKinds => int.MaxValue >> KindShift;

    /// <summary>The bytes a record takes.</summary>
    /// <param name="keyLength">Bytes of its key.</param>
    /// <param name="inlineValueLength">Bytes of the value of its inline entry; null without one.</param>
    public static nuint SizeOf(int keyLength, int? inlineValueLength)
        => inlineValueLength is { } length ? (nuint)InlineOffset(keyLength) + NativeEntry.SizeOf(length) : (nuint)(HeaderSize + keyLength);

    /// <summary>The bytes this record takes.</summary>
    public static nuint SizeOf(NativeRecord* record)
        => SizeOf(record->_keyLength, InlineEntryOf(record) is var inline && inline != null ? inline->ValueLength : null);

    /// <summary>Makes a record of a piece of memory, with an empty chain.</summary>
    public static void Initialize(NativeRecord* record, ReadOnlySpan<byte> key, int kind, bool hasInlineEntry)
    {
        record->_chain = 0;
        record->_keyLength = key.Length;
        record->_state = (kind << KindShift) | (hasInlineEntry ? HasInlineEntry : 0);
        key.CopyTo(new Span<byte>((byte*)record + HeaderSize, key.Length));
    }

    /// <summary>The key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> KeyOf(NativeRecord* record) => new((byte*)record + HeaderSize, record->_keyLength);

    /// <summary>A row of the record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BufferedRow RowOf(NativeRecord* record, NativeEntry* entry) => new((byte*)record + HeaderSize, record->_keyLength, entry);

    /// <summary>Where the entry is that the record was born with, in the chain or no longer; null when it was born without.</summary>
    public static NativeEntry* InlineEntryOf(NativeRecord* record)
        => (record->_state & HasInlineEntry) == 0 ? null : (NativeEntry*)((byte*)record + InlineOffset(record->_keyLength));

    /// <summary>The number of its kind.</summary>
    public static int KindOf(NativeRecord* record) => record->_state >> KindShift;

    /// <summary>The chain word. An acquire load.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ChainOf(NativeRecord* record) => Volatile.Read(ref record->_chain);

    /// <summary>Publishes another chain. A release store; under the lock, or while nobody else can reach the record.</summary>
    public static void SetChain(NativeRecord* record, nint chain) => Volatile.Write(ref record->_chain, chain);

    /// <summary>Whether a record has left the index for good: nothing is linked to it ever again. An acquire load.</summary>
    public static bool IsRemoved(NativeRecord* record) => (Volatile.Read(ref record->_state) & Removed) != 0;

    /// <summary>Says that a record leaves the index for good. Under its lock.</summary>
    public static void MarkRemoved(NativeRecord* record) => Volatile.Write(ref record->_state, record->_state | Removed);

    /// <summary>Takes the lock, unless the record is removed.</summary>
    /// <returns>False when it is removed.</returns>
    public static bool TryLock(NativeRecord* record)
    {
        var spinner = default(SpinWait);
        while (true)
        {
            var state = Volatile.Read(ref record->_state);
            if ((state & Removed) != 0)
            {
                return false;
            }

            if ((state & Locked) == 0 && Interlocked.CompareExchange(ref record->_state, state | Locked, state) == state)
            {
                return true;
            }

            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public static void Unlock(NativeRecord* record) => Volatile.Write(ref record->_state, record->_state & ~Locked);

    private static int InlineOffset(int keyLength) => (HeaderSize + keyLength + 15) & ~15;
}
