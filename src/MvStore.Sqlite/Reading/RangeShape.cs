namespace MvStore.Sqlite.Reading;

/// <summary>What a walk reads, the kinds of its bounds and its direction: one SQL text for each combination.</summary>
internal readonly record struct RangeShape(EntrySource Source, bool AfterStart, bool HasEnd, bool ThroughEnd, bool Reverse)
{
    public const int Count = 48;

    public int Index => (AfterStart ? 1 : 0) | (HasEnd ? 2 : 0) | (ThroughEnd ? 4 : 0) | (Reverse ? 8 : 0) | ((int)Source << 4);

    public string Sql => Source switch
    {
        EntrySource.Current => $"{Select("current")} ORDER BY key {(Reverse ? "DESC" : "ASC")}",
        EntrySource.History => $"{Select("history")} ORDER BY key, version DESC",
        _ => $"{Select("current")} UNION ALL {Select("history")} ORDER BY key, version DESC",
    };

    public static RangeShape Of(EntrySource source, KeyRange range, ScanDirection direction)
        => new(
            source,
            range.Start is not null && !range.StartInclusive,
            range.End is not null,
            range.End is not null && range.EndInclusive,
            direction == ScanDirection.Reverse);

    private string Select(string table)
    {
        var lower = AfterStart ? "key > ?1" : "key >= ?1";
        var upper = !HasEnd ? "" : ThroughEnd ? " AND key <= ?2" : " AND key < ?2";
        return $"SELECT {Schema.EntryColumnList} FROM {table} WHERE {lower}{upper}";
    }
}
