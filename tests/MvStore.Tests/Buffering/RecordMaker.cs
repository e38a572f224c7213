using MvStore.Buffering;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>Records that hold nothing but their key.</summary>
internal static unsafe class RecordMaker
{
    public static NativeRecord* Make(in HeapLease lease, ReadOnlySpan<byte> key)
    {
        var record = (NativeRecord*)lease.Allocate(SizeOf(key.Length));
        record->Chain = 0;
        record->KeyLength = key.Length;
        record->State = 0;
        key.CopyTo(new Span<byte>((byte*)record + NativeRecord.HeaderSize, key.Length));
        return record;
    }

    public static void MarkRemoved(NativeRecord* record) => Interlocked.Or(ref record->State, NativeRecord.RemovedFlag);

    public static void Retire(in HeapLease lease, NativeRecord* record) => lease.Retire(record, SizeOf(record->KeyLength));

    public static void Free(in HeapLease lease, NativeRecord* record) => lease.Free(record, SizeOf(record->KeyLength));

    private static nuint SizeOf(int keyLength) => (nuint)(NativeRecord.HeaderSize + keyLength);
}
