using MvStore.Buffering;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>Records that hold nothing but their key.</summary>
internal static unsafe class RecordMaker
{
    public static NativeRecord* Make(in HeapLease lease, ReadOnlySpan<byte> key)
    {
        var record = (NativeRecord*)lease.Allocate(SizeOf(key.Length));
        NativeRecord.Initialize(record, key, kind: 0, hasInlineEntry: false);
        return record;
    }

    public static void MarkRemoved(NativeRecord* record) => NativeRecord.MarkRemoved(record);

    public static void Retire(in HeapLease lease, NativeRecord* record) => lease.Retire(record, SizeOf(record->KeyLength));

    public static void Free(in HeapLease lease, NativeRecord* record) => lease.Free(record, SizeOf(record->KeyLength));

    private static nuint SizeOf(int keyLength) => (nuint)(NativeRecord.HeaderSize + keyLength);
}
