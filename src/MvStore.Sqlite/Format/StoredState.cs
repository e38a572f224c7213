using System.Text;

namespace MvStore.Sqlite.Format;

/// <summary>Reads and writes what the tier remembers besides entries.</summary>
internal static class StoredState
{
    public static TierState Load(Connection connection)
    {
        var meta = MetaRow.Load(connection);
        return new TierState((ulong)meta.Sequence, (ulong)meta.Version, LoadFloors(connection))
        {
            Drops = LoadKeys(connection, "dropped", StateChecksum.OfDropped),
            Notes = StoredNotes.Load(connection),
            Identity = unchecked((ulong)meta.StoreId),
            Capabilities = new TierCapabilities { RaisesFloorsInSlices = true, ReclaimsInSlices = true },
        };
    }

    /// <summary>Replaces the stored floors of kinds. Inside a transaction.</summary>
    public static void SaveKinds(Connection connection, FloorSet floors)
    {
        connection.Execute("DELETE FROM floor");
        using var insert = connection.Prepare("INSERT INTO floor (family, id, version, checksum) VALUES (?1, ?2, ?3, ?4)");
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
            INSERT INTO key_floor (key, version, checksum) VALUES (?1, ?2, ?3)
            ON CONFLICT (key) DO UPDATE SET version = excluded.version, checksum = excluded.checksum WHERE excluded.version > version
            """);
        foreach (var (key, version) in settled)
        {
            Run(forgetDrops, key, version);
            var floor = floors.Of(key.Span);
            if (floor > CommitVersion.Zero)
            {
                raise.BindInteger(3, StateChecksum.OfKeyFloor(key.Span, SignedColumn.Stored(floor.Value, "floor")));
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
        using var rows = connection.Prepare("SELECT family, id, version, checksum FROM floor");
        while (rows.Step())
        {
            if (StateChecksum.OfFloor(rows.Blob(0), rows.Integer(1), rows.Integer(2)) != rows.Integer(3))
            {
                throw Damage.Floor();
            }

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

        return new FloorSet(byDefault, byKind, LoadKeys(connection, "key_floor", StateChecksum.OfKeyFloor));
    }

    private static List<KeyFloor> LoadKeys(Connection connection, string table, Func<ReadOnlySpan<byte>, long, uint> checksum)
    {
        var floors = new List<KeyFloor>();
        using var rows = connection.Prepare($"SELECT key, version, checksum FROM {table}");
        while (rows.Step())
        {
            if (checksum(rows.Blob(0), rows.Integer(1)) != rows.Integer(2))
            {
                throw Damage.StateRow(table, rows.Blob(0), rows.Integer(1));
            }

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
        var signedId = unchecked((long)id);
        var version = SignedColumn.Stored(floor.Value, "floor");
        insert.BindInteger(2, signedId);
        insert.BindInteger(3, version);
        insert.BindInteger(4, StateChecksum.OfFloor(Encoding.UTF8.GetBytes(family), signedId, version));
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
