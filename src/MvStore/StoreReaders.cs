using MvStore.Reading;

namespace MvStore;

/// <summary>The readers of a store, as its snapshots use them too.</summary>
internal sealed record StoreReaders(
    TieredReader Tiers,
    PointReader Points,
    ScanReader Scans,
    HistoryReader History,
    RowScans Rows,
    IKeyClassifier Classifier,
    StoreLifetime Lifetime);
