using System.Buffers.Binary;

namespace MvStore.Sqlite.Files;

/// <summary>
/// A mark outside the database (contract F3): which change of which store was on disk. Written after the change is synced, so it may lag
/// and never leads; a file that is behind it has lost commits. It lies in the lock's file, which the owner has open and nobody deletes,
/// in one of two slots by turns, so that a torn write leaves the other. A slot is 44 bytes, little-endian: "MvStMark", store id, changes,
/// sequence, highest version, CRC-32C of these. Used by one write at a time.
/// </summary>
internal sealed class StoreMark(FileStream file, string storePath, bool sync)
{
    private const int SlotBytes = 44;
    private const int SlotDistance = 4096; // in sectors of their own

    /// <summary>The newer of the two slots; null when neither is one.</summary>
    public MetaRow? Read()
    {
        MetaRow? newest = null;
        Span<byte> slot = stackalloc byte[SlotBytes];
        for (var i = 0; i < 2; i++)
        {
            if (RandomAccess.Read(file.SafeFileHandle, slot, i * SlotDistance) == SlotBytes
                && slot.StartsWith("MvStMark"u8)
                && BinaryPrimitives.ReadUInt32LittleEndian(slot[40..]) == Checksum(slot)
                && (newest is null || Number(slot, 2) > newest.Value.Changes))
            {
                newest = new MetaRow(Schema.FormatVersion, Number(slot, 1), Number(slot, 2), Number(slot, 3), Number(slot, 4), 0);
            }
        }

        return newest;
    }

    /// <summary>What the file has lost, as a sentence; null when nothing.</summary>
    public string? LossOf(MetaRow meta)
        => Read() is { } mark && mark.StoreId == meta.StoreId && mark.Changes > meta.Changes
            ? $"The store lost commits: it was on disk up to publication {mark.Sequence} (version {mark.Version}, change {mark.Changes}) and now goes to "
                + $"publication {meta.Sequence} (version {meta.Version}, change {meta.Changes})."
            : null;

    /// <summary>Throws if the file has lost what was durable.</summary>
    public void Require(MetaRow meta)
    {
        if (LossOf(meta) is { } loss)
        {
            throw new PersistentTierException(
                TierFailure.Damaged,
                $"{loss} Restore a backup, or delete '{storePath}.lock' to go on with what is left.");
        }
    }

    /// <summary>Remembers a change that is synced.</summary>
    public void Write(MetaRow durable)
    {
        Span<byte> slot = stackalloc byte[SlotBytes];
        "MvStMark"u8.CopyTo(slot);
        ReadOnlySpan<long> numbers = [durable.StoreId, durable.Changes, durable.Sequence, durable.Version];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(slot[(8 * (i + 1))..], numbers[i]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(slot[40..], Checksum(slot));
        try
        {
            RandomAccess.Write(file.SafeFileHandle, slot, (durable.Changes & 1) * SlotDistance);
            if (sync)
            {
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }
        }
        catch (IOException)
        {
            // The change itself is durable, and a mark that lags is right. Telling the caller of a failure would be wrong.
        }
    }

    private static long Number(ReadOnlySpan<byte> slot, int index) => BinaryPrimitives.ReadInt64LittleEndian(slot[(8 * index)..]);

    private static uint Checksum(ReadOnlySpan<byte> slot) => ~Crc32C.Append(uint.MaxValue, slot[..40]);
}
