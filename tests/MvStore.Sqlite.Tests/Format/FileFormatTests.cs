using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MvStore.Sqlite.Files;
using MvStore.Sqlite.Format;

namespace MvStore.Sqlite.Tests.Format;

/// <summary>The tables as any SQLite tool sees them; a change here is a change of the documented format.</summary>
public sealed class FileFormatTests : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();

    public async Task InitializeAsync()
    {
        await using var tier = await _location.OpenAsync();
        await tier.ApplyAsync(
            new TierBatch(
                0,
                7,
                20,
                [
                    new TierRow(ReadOnlyMemory<byte>.Empty, 3, 1, new byte[] { 0xFF }),
                    Rows.Set("a", 1, 1, "old"),
                    Rows.Gone("a", 20, 7),
                    Rows.Set("b", 5, 2, ""),
                ])
            {
                Drops = [new(Rows.Key("a"), 8), new(Rows.Key("a"), 20), new(Rows.Key("b"), 5)],
            },
            default);
        await tier.RaiseFloorAsync(
            new FloorSet(
                2,
                [new(EntryKind.Source(7), 3), new(EntryKind.Operator(ulong.MaxValue), 4), new(EntryKind.Multi, 1)],
                [new(Rows.Key("a"), 8)]),
            [new(Rows.Key("a"), 8)],
            default);
        await tier.SetNoteAsync("times", new byte[] { 1, 2 }, default);
    }

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Fact]
    public void F1_ACleanlyClosedStoreIsOneFile()
        => _location.Files().Should().Equal("store.db", "store.db.lock");

    [Theory]
    [InlineData(4_096)]
    [InlineData(65_536)]
    public async Task F1_TheHeaderTellsThePageSizeThatWasAskedFor(int pageBytes)
    {
        await using var location = new SqliteLocation();
        await (await location.OpenAsync(o => o.PageBytes = pageBytes)).DisposeAsync();
        FileHeader.Parse(await File.ReadAllBytesAsync(location.Path))!.Value.PageBytes.Should().Be(pageBytes);
    }

    [Fact]
    public void F1_TheTablesAndColumnsAreTheDocumentedOnes()
        => Query("""
            SELECT m.name || '.' || c.name || ' ' || c.type || iif(c."notnull", '', ' null') || iif(c.pk, ' key ' || c.pk, '')
            FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid
            """).Should().Equal(
                "current.key BLOB key 1",
                "current.version INTEGER",
                "current.sequence INTEGER",
                "current.value BLOB null",
                "current.checksum INTEGER",
                "dropped.key BLOB key 1",
                "dropped.version INTEGER key 2",
                "dropped.checksum INTEGER",
                "floor.family TEXT key 1",
                "floor.id INTEGER key 2",
                "floor.version INTEGER",
                "floor.checksum INTEGER",
                "history.key BLOB key 1",
                "history.version INTEGER key 2",
                "history.sequence INTEGER",
                "history.value BLOB null",
                "history.checksum INTEGER",
                "key_floor.key BLOB key 1",
                "key_floor.version INTEGER",
                "key_floor.checksum INTEGER",
                "meta.id INTEGER null key 1",
                "meta.format_version INTEGER",
                "meta.store_id INTEGER",
                "meta.changes INTEGER",
                "meta.durable_sequence INTEGER",
                "meta.highest_version INTEGER",
                "meta.entries INTEGER",
                "meta.epoch INTEGER",
                "meta.checksum INTEGER",
                "note.name TEXT key 1",
                "note.content BLOB",
                "note.checksum INTEGER");

    [Fact]
    public void F1_EntriesAreFullHistoryWithTombstonesAsNull()
        => Query("""
            SELECT hex(key) || ' ' || version || ' ' || sequence || ' ' || iif(value IS NULL, 'NULL', hex(value)) || ' ' || typeof(value)
            FROM entry ORDER BY key, version
            """).Should().Equal(" 3 1 FF blob", "61 1 1 6F6C64 blob", "61 20 7 NULL null", "62 5 2  blob");

    [Fact]
    public void F1_TheNewestEntryOfEachKeyLiesApartFromTheOthers()
    {
        Query("SELECT hex(key) || ' ' || version FROM current ORDER BY key").Should().Equal(" 3", "61 20", "62 5");
        Query("SELECT hex(key) || ' ' || version FROM history ORDER BY key, version").Should().Equal("61 1");
    }

    [Fact]
    public void F1_AnyToolCanAskForTheStateAtAVersion()
        => Query("""
            SELECT hex(key) || '=' || hex(value), max(version) FROM entry
            WHERE version <= 10 GROUP BY key HAVING value IS NOT NULL ORDER BY key
            """).Should().Equal("=FF", "61=6F6C64", "62=");

    [Fact]
    public void F1_MarksAndFloorsAreReadable()
    {
        Query("SELECT format_version || ' ' || changes || ' ' || durable_sequence || ' ' || highest_version || ' ' || entries FROM meta")
            .Should().Equal("3 4 7 20 4");
        Query("SELECT family || ' ' || id || ' ' || version FROM floor ORDER BY family")
            .Should().Equal("default 0 2", "multi 0 1", "operator -1 4", "source 7 3");
        Query("SELECT hex(key) || ' ' || version FROM key_floor ORDER BY key").Should().Equal("61 8");
        Query("SELECT hex(key) || ' ' || version FROM dropped ORDER BY key, version").Should().Equal("61 20", "62 5");
        Query("SELECT name || ' ' || hex(content) FROM note").Should().Equal("times 0102");
    }

    [Fact]
    public void F5_TheFileSaysWhatItIs()
    {
        Query("PRAGMA application_id").Should().Equal("1299600244");
        Query("PRAGMA user_version").Should().Equal("3");
        Query("PRAGMA journal_mode").Should().Equal("wal");
        Query("PRAGMA integrity_check").Should().Equal("ok");
        File.ReadAllBytes(_location.Path).AsSpan(68, 4).ToArray().Should().Equal("MvSt"u8.ToArray());
    }

    [Fact]
    public void F3_TheChecksumIsTheDocumentedOne()
    {
        Crc32C("123456789"u8).Should().Be(0xE3069283, "that is the published check value of CRC-32C");
        Query("SELECT checksum FROM entry WHERE key = x'61' AND version = 1")
            .Should().Equal(Crc32C([.. Number(1, 8), .. Number(1, 8), .. Number(1, 4), 1, (byte)'a', .. "old"u8]).ToString(CultureInfo.InvariantCulture));
        Query("SELECT checksum FROM entry WHERE key = x'61' AND version = 20")
            .Should().Equal(Crc32C([.. Number(20, 8), .. Number(7, 8), .. Number(1, 4), 0, (byte)'a']).ToString(CultureInfo.InvariantCulture));
        EntryChecksum.Of("a"u8, 1, 1, [], isTombstone: true).Should().NotBe(EntryChecksum.Of("a"u8, 1, 1, [], isTombstone: false));
    }

    [Fact]
    public void F3_TheChecksumsOfOtherRowsAreTheDocumentedOnes()
    {
        Query("SELECT checksum FROM key_floor").Should().Equal(Text(Crc32C([3, .. Number(8, 8), (byte)'a'])));
        Query("SELECT checksum FROM dropped WHERE version = 20").Should().Equal(Text(Crc32C([4, .. Number(20, 8), (byte)'a'])));
        Query("SELECT checksum FROM floor WHERE family = 'source'")
            .Should().Equal(Text(Crc32C([2, .. Number(7, 8), .. Number(3, 8), .. "source"u8])));
        Query("SELECT checksum FROM note").Should().Equal(Text(Crc32C([5, .. Number(5, 8), .. "times"u8, 1, 2])));
        var id = ulong.Parse(Query("SELECT printf('%u', store_id) FROM meta")[0], CultureInfo.InvariantCulture);
        Query("SELECT checksum FROM meta").Should().Equal(Text(Crc32C(
            [1, .. Number(3, 8), .. Number(id, 8), .. Number(4, 8), .. Number(7, 8), .. Number(20, 8), .. Number(4, 8), .. Number(1, 8)])));
    }

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);

    private static byte[] Number(ulong number, int length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return bytes[..length];
    }

    // Bit by bit, from the polynomial.
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }

    private List<string> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_location.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        }

        return rows;
    }
}
