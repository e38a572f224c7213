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

        return new TierState((ulong)meta.Integer(1), (ulong)meta.Integer(2), LoadFloors(connection))
        {
            Drops = LoadKeys(connection, "SELECT key, version FROM dropped"),
        };
    }

    /// <summary>Replaces the stored floors of kinds. Inside a transaction.</summary>
    public static void SaveKinds(Connection connection, FloorSet floors)
    {
        connection.Execute("DELETE FROM floor");
        using var insert = connection.Prepare("INSERT INTO floor (family, id, version) VALUES (?1, ?2, ?3)");
        Save(insert, "default", 0, floors.Default);
        foreach (var (kind, floor) in floors.ByKind)
        {
            Save(insert, NameOf(kind.Family), kind.Id, floor);
        }
    }

    /// <summary>Stores the floors of some keys, and forgets what they settle. Inside a transaction.</summary>
    public static void SaveKeys(Connection connection, KeyFloorSet floors, IReadOnlyList<KeyFloor> settled)
    {
        using var forgetDrops = connection.Prepare("DELETE FROM dropped WHERE key = ?1 AND version <= ?2");
        using var forgetFloor = connection.Prepare("DELETE FROM key_floor WHERE key = ?1 AND version <= ?2");
        using var raise = connection.Prepare("""
            INSERT INTO key_floor (key, version) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET version = max(version, excluded.version)
            """);
        foreach (var (key, version) in settled)
        {
            Run(forgetDrops, key, version);
            var floor = floors.Of(key.Span);
            if (floor > CommitVersion.Zero)
            {
                Run(raise, key, floor);
            }
            else
            {
                Run(forgetFloor, key, version);
            }
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

        return new FloorSet(byDefault, byKind, LoadKeys(connection, "SELECT key, version FROM key_floor"));
    }

    private static List<KeyFloor> LoadKeys(Connection connection, string sql)
    {
        var floors = new List<KeyFloor>();
        using var rows = connection.Prepare(sql);
        while (rows.Step())
        {
            floors.Add(new KeyFloor(rows.Blob(0).ToArray(), (ulong)rows.Integer(1)));
        }

        return floors;
    }

    private static void Run(Statement statement, ReadOnlyMemory<byte> key, CommitVersion version)
    {
        statement.BindBlob(1, key.Span);
        statement.BindInteger(2, SignedColumn.Stored(version.Value, "floor"));
        statement.Run();
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
