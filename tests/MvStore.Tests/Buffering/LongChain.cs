using MvStore.Buffering;
using MvStore.Contracts;
using MvStore.Tests.Contract;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>A record with so many versions that nothing but the chain itself can know them all.</summary>
internal sealed unsafe class LongChain : IDisposable
{
    private readonly NativeHeap _heap = new();
    private readonly BufferAccounting _accounting = new(new KindByFirstByte());
    private readonly NativeRecord* _record;

    public LongChain()
    {
        using var lease = _heap.Lease();
        _record = RecordMaker.Make(lease, [1]);
    }

    public ulong Sequence { get; private set; }

    public void Add(ulong version)
    {
        using var epoch = EpochGuard.Enter();
        using var lease = _heap.Lease();
        var entry = (NativeEntry*)lease.Allocate(NativeEntry.SizeOf(1));
        NativeEntry.Write(entry, version, ++Sequence, isTombstone: false, isFinal: true, [7]);
        VersionChain.Link(lease, _record, entry);
    }

    public ulong? Find(ulong at, ulong sequence)
    {
        using var epoch = EpochGuard.Enter();
        var entry = VersionChain.Find(_record, new TierView(at, sequence));
        return entry == null ? null : entry->Version;
    }

    public int CountOf() => VersionChain.CountOf(_record);

    public void KeepNewest(int count)
    {
        using var epoch = EpochGuard.Enter();
        using var lease = _heap.Lease();
        var figures = new LinkedFigures(_accounting);
        using var edit = new ChainEdit(_record);
        edit.Keep[count..].Clear();
        edit.Apply(lease, ref figures);
    }

    /// <summary>Demands that nothing but the record is left.</summary>
    public void VerifyEmpty() => _heap.LiveBytes.Should().Be((long)NativeHeap.BlockSize(NativeRecord.SizeOf(_record)));

    public void Dispose() => _heap.Dispose();
}
