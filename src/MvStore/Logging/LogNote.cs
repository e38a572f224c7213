using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MvStore.Logging;

/// <summary>
/// What the persistent tier remembers of the log: that commits may be in one that it does not have, and in which (I19). It names the store as well, so that a copy of the
/// tier's data, which is a store of its own, needs no log.
/// </summary>
internal static class LogNote
{
    /// <summary>The name of the note.</summary>
    public const string Name = "log";

    private const int Bytes = 16;

    /// <summary>The identity of a new log; never 0.</summary>
    public static ulong NewIdentity()
    {
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        return Math.Max(1, BinaryPrimitives.ReadUInt64LittleEndian(random));
    }

    /// <summary>What the note says.</summary>
    /// <param name="store">The store's identity.</param>
    /// <param name="log">The log's identity.</param>
    public static byte[] Content(ulong store, ulong log)
    {
        var content = new byte[Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(content, store);
        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(sizeof(ulong)), log);
        return content;
    }

    /// <summary>The log that the tier's data needs; null when it needs none.</summary>
    /// <exception cref="StoreFormatException">The note is of a newer format.</exception>
    public static ulong? Find(TierState tier)
    {
        if (!tier.Notes.TryGetValue(Name, out var content))
        {
            return null;
        }

        if (content.Length != Bytes)
        {
            throw new StoreFormatException("What the persistent tier says of a commit log is of a newer format. Nothing was touched.");
        }

        var store = BinaryPrimitives.ReadUInt64LittleEndian(content.Span);
        return store == tier.Identity ? BinaryPrimitives.ReadUInt64LittleEndian(content.Span[sizeof(ulong)..]) : null;
    }

    /// <summary>The log is not there.</summary>
    /// <param name="where">What was found instead, as the beginning of a sentence.</param>
    public static CommitLogException Missing(string where)
        => new(
            TierFailure.Damaged,
            $"{where}, and the store was last used with a commit log and not closed: acknowledged commits may be in that log alone. Open the store with its log "
                + "(CommitLog.Directory) and close it once: after that it needs none. If the log is lost, open with CommitLog.OnDamage = KeepPrefix to go on with what the "
                + "persistent tier has.");
}
