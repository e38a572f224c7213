using System.Buffers.Binary;
using System.Text;

namespace MvStore;

/// <summary>
/// How holds of changes are written down: one byte for the form, 1; then for each the length of its name (1 byte) and the name; lineage and publication of the position, and expiry (8 bytes each, little-endian, the time as
/// ticks of UTC).
/// </summary>
internal static class ChangeHoldNote
{
    private const byte Form = 1;

    /// <summary>Writes holds down; nothing at all when there are none.</summary>
    public static byte[] Encode(IReadOnlyCollection<ChangeHold> holds)
    {
        if (holds.Count == 0)
        {
            return [];
        }

        using var note = new MemoryStream();
        using var writer = new BinaryWriter(note);
        writer.Write(Form);
        foreach (var hold in holds)
        {
            writer.Write((byte)hold.Name.Length);
            writer.Write(Encoding.ASCII.GetBytes(hold.Name));
            writer.Write(hold.After.Lineage);
            writer.Write(hold.After.Sequence);
            writer.Write(hold.ExpiresAt.UtcTicks);
        }

        writer.Flush();
        return note.ToArray();
    }

    /// <summary>Reads holds.</summary>
    /// <exception cref="PersistentTierException">It is not what <see cref="Encode"/> writes.</exception>
    public static List<ChangeHold> Decode(ReadOnlyMemory<byte> note)
    {
        var holds = new List<ChangeHold>();
        if (note.IsEmpty)
        {
            return holds;
        }

        try
        {
            if (note.Span[0] != Form)
            {
                throw new PersistentTierException(TierFailure.Damaged, $"The note of held changes has the unknown form {note.Span[0]}.");
            }

            for (var rest = note.Span[1..]; !rest.IsEmpty;)
            {
                var name = Encoding.ASCII.GetString(Take(ref rest, Take(ref rest, 1)[0]));
                var lineage = BinaryPrimitives.ReadUInt64LittleEndian(Take(ref rest, sizeof(ulong)));
                var sequence = BinaryPrimitives.ReadUInt64LittleEndian(Take(ref rest, sizeof(ulong)));
                var expiry = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(Take(ref rest, sizeof(long))), TimeSpan.Zero);
                holds.Add(new ChangeHold(name, new ChangePosition(lineage, sequence), expiry));
            }
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new PersistentTierException(TierFailure.Damaged, "The note of held changes is cut off or holds what no hold can.", e);
        }

        return holds;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
