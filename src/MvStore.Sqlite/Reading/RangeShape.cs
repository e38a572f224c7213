namespace MvStore.Sqlite.Reading;

/// <summary>The kinds of bounds and the direction of a walk: one SQL text for each combination.</summary>
internal readonly record struct RangeShape(bool AfterStart, bool HasEnd, bool ThroughEnd, bool Reverse)
{
    public const int Count = 16;

    public int Index => (AfterStart ? 1 : 0) | (HasEnd ? 2 : 0) | (ThroughEnd ? 4 : 0) | (Reverse ? 8 : 0);

    public string Sql
    {
        get
        {
            var lower = AfterStart ? "key > ?1" : "key >= ?1";
            var upper = !HasEnd ? "" : ThroughEnd ? " AND key <= ?2" : " AND key < ?2";
            var order = Reverse ? "key DESC, version ASC" : "key ASC, version DESC";
            return $"SELECT {Schema.EntryColumnList} FROM entry WHERE {lower}{upper} ORDER BY {order}";
        }
    }

    public static RangeShape Of(KeyRange range, ScanDirection direction)
        => new(
            range.Start is not null && !range.StartInclusive,
            range.End is not null,
            range.End is not null && range.EndInclusive,
            direction == ScanDirection.Reverse);
}
