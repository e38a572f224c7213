namespace MvStore.Sqlite.Format;

/// <summary>Reads and writes what the tier remembers besides entries.</summary>
internal static class StoredState
{
    public static TierState Load(Connection connection)
    {
        using var meta = connection.Prepare("SELECT format_version, durable_sequence, highest_version FROM meta WHERE id = 1");
        if (!meta.Step() || meta.Integer(0) != Schema.FormatVersion)
        {
            throw new PersistentTierException(TierFailure.Damaged, "The table 'meta' of the store does not match the file's header.");
        }

        return new TierState((ulong)meta.Integer(1), (ulong)meta.Integer(2), LoadFloors(connection));
    }

    /// <summary>Replaces the stored floors. Inside a transaction.</summary>
    public static void SaveFloors(Connection connection, FloorSet floors)
    {
        connection.Execute("DELETE FROM floor");
        using var insert = connection.Prepare("INSERT INTO floor (family, id, version) VALUES (?1, ?2, ?3)");
        Save(insert, "default", 0, floors.Default);
        foreach (var (kind, floor) in floors.ByKind)
        {
            Save(insert, NameOf(kind.Family), kind.Id, floor);
        }
    }

    private static FloorSet LoadFloors(Connection connection)
    {
        var byDefault = CommitVersion.Zero;
        var byKind = new List<KeyValuePair<EntryKind, CommitVersion>>();
        using var rows = connection.Prepare("SELECT family, id, version FROM floor");
        while (rows.Step())
        {
            CommitVersion floor = (ulong)rows.Integer(2);
            if (rows.Text(0) == "default")
            {
                byDefault = floor;
            }
            else
            {
                // Ids use all 64 bits; the column shows those from 2^63 on as negative numbers.
                byKind.Add(new(new EntryKind(FamilyOf(rows.Text(0)), unchecked((ulong)rows.Integer(1))), floor));
            }
        }

        return new FloorSet(byDefault, byKind);
    }

    private static void Save(Statement insert, string family, ulong id, CommitVersion floor)
    {
        insert.BindText(1, family);
        insert.BindInteger(2, unchecked((long)id));
        insert.BindInteger(3, SignedColumn.Stored(floor.Value, "floor"));
        insert.Run();
    }

    private static string NameOf(EntryFamily family) => family switch
    {
        EntryFamily.Multi => "multi",
        EntryFamily.Source => "source",
        EntryFamily.Operator => "operator",
        _ => throw new PersistentTierException(TierFailure.Fatal, $"The family {family} has no name in the file format."),
    };

    private static EntryFamily FamilyOf(string name) => name switch
    {
        "multi" => EntryFamily.Multi,
        "source" => EntryFamily.Source,
        "operator" => EntryFamily.Operator,
        _ => throw new PersistentTierException(TierFailure.Damaged, "The table 'floor' of the store names an unknown family."),
    };
}
