using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Every reading member of <see cref="ISnapshot"/>.</summary>
internal static class SnapshotMembers
{
    public static IReadOnlyList<SnapshotMember> All() =>
    [
        new("GetAsync", s => s.GetAsync(Bytes.Of("a")).AsTask()),
        new("ContainsAsync", s => s.ContainsAsync(Bytes.Of("a")).AsTask()),
        new("GetManyAsync", s => s.GetManyAsync([Bytes.Of("a"), Bytes.Of("b")]).AsTask()),
        new("GetPreviousAsync", s => s.GetPreviousAsync(Bytes.Of("a"), CommitVersion.Latest).AsTask()),
        new("ScanAsync", s => StoreTexts.ShowAllAsync(s.ScanAsync(KeyRange.All))),
        new("ScanPageAsync", s => s.ScanPageAsync(KeyRange.All, 10).AsTask()),
        new("HistoryAsync", s => StoreTexts.ShowAllAsync(s.HistoryAsync(KeyRange.All))),
    ];
}
