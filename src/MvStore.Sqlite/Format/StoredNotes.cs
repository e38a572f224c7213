using System.Text;

namespace MvStore.Sqlite.Format;

/// <summary>Reads and writes the notes of the engine: the table <c>note</c>.</summary>
internal static class StoredNotes
{
    /// <summary>All of them. A damaged one is an error.</summary>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Load(Connection connection)
    {
        var notes = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        using var rows = connection.Prepare("SELECT name, content, checksum FROM note");
        while (rows.Step())
        {
            var content = rows.Blob(1);
            if (StateChecksum.OfNote(rows.Blob(0), content) != rows.Integer(2))
            {
                throw Damage.Note();
            }

            notes.Add(rows.Text(0), content.ToArray());
        }

        return notes;
    }

    /// <summary>Sets a note, or removes it. Inside a transaction.</summary>
    public static void Save(Connection connection, string name, ReadOnlySpan<byte> content)
    {
        using var save = connection.Prepare(
            content.IsEmpty
                ? "DELETE FROM note WHERE name = ?1"
                : "INSERT INTO note (name, content, checksum) VALUES (?1, ?2, ?3) "
                    + "ON CONFLICT (name) DO UPDATE SET content = excluded.content, checksum = excluded.checksum");
        save.BindText(1, name);
        if (!content.IsEmpty)
        {
            save.BindBlob(2, content);
            save.BindInteger(3, StateChecksum.OfNote(Encoding.ASCII.GetBytes(name), content));
        }

        save.Run();
    }
}
