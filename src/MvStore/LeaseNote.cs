using System.Buffers.Binary;
using System.Text;

namespace MvStore;

/// <summary>
/// How leases are written down: one byte for the form, 1; then for each the length of its name (1 byte) and the name; version, publication, opening and expiry (8 bytes each, little-endian, times as ticks of UTC); one byte for
/// the scope: 0 none; otherwise 1, plus 2 if it has a start, 4 if that is included, 8 if it has an end, 16 if that is included; then each bound there is, its length (4 bytes) first.
/// </summary>
internal static class LeaseNote
{
    private const byte Form = 1;
    private const int HasScope = 1;
    private const int HasStart = 2;
    private const int IncludesStart = 4;
    private const int HasEnd = 8;
    private const int IncludesEnd = 16;

    /// <summary>Writes leases down; nothing at all when there are none.</summary>
    public static byte[] Encode(IReadOnlyCollection<LeaseInfo> leases)
    {
        if (leases.Count == 0)
        {
            return [];
        }

        using var note = new MemoryStream();
        using var writer = new BinaryWriter(note);
        writer.Write(Form);
        foreach (var lease in leases)
        {
            writer.Write((byte)lease.Name.Length);
            writer.Write(Encoding.ASCII.GetBytes(lease.Name));
            writer.Write(lease.Version.Value);
            writer.Write(lease.Sequence);
            writer.Write(lease.OpenedAt.UtcTicks);
            writer.Write(lease.ExpiresAt.UtcTicks);
            Write(writer, lease.Scope);
        }

        writer.Flush();
        return note.ToArray();
    }

    /// <summary>Reads leases.</summary>
    /// <exception cref="PersistentTierException">It is not what <see cref="Encode"/> writes.</exception>
    public static List<LeaseInfo> Decode(ReadOnlyMemory<byte> note)
    {
        var leases = new List<LeaseInfo>();
        if (note.IsEmpty)
        {
            return leases;
        }

        try
        {
            if (note.Span[0] != Form)
            {
                throw new PersistentTierException(TierFailure.Damaged, $"The note of leases has the unknown form {note.Span[0]}.");
            }

            for (var rest = note.Span[1..]; !rest.IsEmpty;)
            {
                var name = Encoding.ASCII.GetString(Take(ref rest, Take(ref rest, 1)[0]));
                var version = Number(ref rest);
                var sequence = Number(ref rest);
                var openedAt = Moment(ref rest);
                leases.Add(new LeaseInfo(name, version, sequence, openedAt, Moment(ref rest)) { Scope = Scope(ref rest) });
            }
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new PersistentTierException(TierFailure.Damaged, "The note of leases is cut off or holds what no lease can.", e);
        }

        return leases;
    }

    private static void Write(BinaryWriter writer, KeyRange? scope)
    {
        if (scope is not { } range)
        {
            writer.Write((byte)0);
            return;
        }

        writer.Write((byte)(HasScope
            | (range.Start is null ? 0 : HasStart) | (range.StartInclusive ? IncludesStart : 0)
            | (range.End is null ? 0 : HasEnd) | (range.EndInclusive ? IncludesEnd : 0)));
        foreach (var bound in (ReadOnlyMemory<byte>?[])[range.Start, range.End])
        {
            if (bound is { } bytes)
            {
                writer.Write(bytes.Length);
                writer.Write(bytes.Span);
            }
        }
    }

    private static KeyRange? Scope(ref ReadOnlySpan<byte> rest)
    {
        var flags = Take(ref rest, 1)[0];
        if (flags == 0)
        {
            return null;
        }

        var range = KeyRange.All;
        if ((flags & HasStart) != 0)
        {
            range = KeyRange.From(Bound(ref rest), (flags & IncludesStart) != 0);
        }

        return (flags & HasEnd) == 0 ? range : range.Before(Bound(ref rest), (flags & IncludesEnd) != 0);
    }

    private static ReadOnlySpan<byte> Bound(ref ReadOnlySpan<byte> rest)
        => Take(ref rest, BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, sizeof(int))));

    private static ulong Number(ref ReadOnlySpan<byte> rest) => BinaryPrimitives.ReadUInt64LittleEndian(Take(ref rest, sizeof(ulong)));

    private static DateTimeOffset Moment(ref ReadOnlySpan<byte> rest) => new(BinaryPrimitives.ReadInt64LittleEndian(Take(ref rest, sizeof(long))), TimeSpan.Zero);

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
