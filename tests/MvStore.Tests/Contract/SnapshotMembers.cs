using System.Buffers;
using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

/// <summary>Every reading member of <see cref="ISnapshot"/>.</summary>
internal static class SnapshotMembers
{
    public static IReadOnlyList<SnapshotMember> All() =>
    [
        new("GetAsync", s => s.GetAsync(Bytes.Of("a")).AsTask()),
        new("CopyAsync", s => s.CopyAsync(Bytes.Of("a"), new ArrayBufferWriter<byte>()).AsTask()),
        new("TryGet", s => Task.FromResult(RowTexts.TryGet(s, "a"))),
        new("ContainsAsync", s => s.ContainsAsync(Bytes.Of("a")).AsTask()),
        new("GetManyAsync", s => s.GetManyAsync([Bytes.Of("a"), Bytes.Of("b")]).AsTask()),
        new("GetPreviousAsync", s => s.GetPreviousAsync(Bytes.Of("a"), CommitVersion.Latest).AsTask()),
        new("ScanAsync", s => StoreTexts.ShowAllAsync(s.ScanAsync(KeyRange.All))),
        new("OpenScan", s => Portions.ToListAsync(s.OpenScan(KeyRange.All))),
        new("ScanPageAsync", s => s.ScanPageAsync(KeyRange.All, 10).AsTask()),
        new("HistoryAsync", s => StoreTexts.ShowAllAsync(s.HistoryAsync(KeyRange.All))),
        new("OpenHistory", s => Portions.ToListAsync(s.OpenHistory(KeyRange.All))),
    ];
}
