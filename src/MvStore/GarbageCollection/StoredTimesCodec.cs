using System.Buffers.Binary;

namespace MvStore.GarbageCollection;

/// <summary>
/// The times of versions as bytes: the format (1 byte); when they were taken (both clocks, 8 bytes each, little-endian); then for each sample how much its version and its age are above
/// those of the one before, and how much further than its age its time of day went, as numbers of variable length, 7 bits to a byte, the lowest first. Ticks of 100 ns.
/// </summary>
internal static class StoredTimesCodec
{
    private const byte Format = 1;
    private const int HeaderLength = 17;
    private const int LongestNumber = 10;

    /// <summary>Encodes; samples are left out if they would be more than fits a note.</summary>
    public static byte[] Encode(StoredTimes times)
    {
        var samples = times.Samples;
        while (true)
        {
            var bytes = EncodeAll(times.TakenAt, samples);
            if (bytes.Length <= TierNote.MaxContentLength)
            {
                return bytes;
            }

            samples = [.. samples.Where((_, i) => i % 2 == 0 || i == samples.Count - 1)];
        }
    }

    /// <summary>Decodes what was encoded.</summary>
    /// <exception cref="PersistentTierException">It was not.</exception>
    public static StoredTimes Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength || bytes[0] != Format)
        {
            throw Damaged();
        }

        var takenAt = new VersionMoment(BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[9..]));
        bytes = bytes[HeaderLength..];
        var samples = new List<VersionSample>();
        var last = default(VersionSample);
        while (!bytes.IsEmpty)
        {
            var version = unchecked(last.Version.Value + ReadNumber(ref bytes));
            var age = unchecked(last.At.Age + (long)ReadNumber(ref bytes));
            var utc = unchecked(last.At.Utc + (age - last.At.Age) + Signed(ReadNumber(ref bytes)));
            var isBehind = version <= CommitVersion.Max.Value
                && (samples.Count == 0 || version > last.Version.Value)
                && age >= last.At.Age && utc >= last.At.Utc && age <= takenAt.Age && utc <= takenAt.Utc;
            last = isBehind ? new VersionSample(new VersionMoment(age, utc), version) : throw Damaged();
            samples.Add(last);
        }

        return samples.Count is > 0 and <= VersionTimes.Capacity ? new StoredTimes(takenAt, samples) : throw Damaged();
    }

    private static byte[] EncodeAll(VersionMoment takenAt, IReadOnlyList<VersionSample> samples)
    {
        var bytes = new List<byte>(HeaderLength + (samples.Count * LongestNumber)) { Format };
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var clock in (ReadOnlySpan<long>)[takenAt.Age, takenAt.Utc])
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, clock);
            bytes.AddRange(number);
        }

        var last = default(VersionSample);
        foreach (var sample in samples)
        {
            var age = sample.At.Age - last.At.Age;
            WriteNumber(bytes, sample.Version.Value - last.Version.Value);
            WriteNumber(bytes, (ulong)age);
            WriteNumber(bytes, Unsigned(sample.At.Utc - last.At.Utc - age));
            last = sample;
        }

        return [.. bytes];
    }

    // Small for numbers that are small, whichever sign they have.
    private static ulong Unsigned(long number) => (ulong)((number << 1) ^ (number >> 63));

    private static long Signed(ulong number) => (long)(number >> 1) ^ -(long)(number & 1);

    private static void WriteNumber(List<byte> bytes, ulong number)
    {
        for (; number >= 0x80; number >>= 7)
        {
            bytes.Add((byte)(number | 0x80));
        }

        bytes.Add((byte)number);
    }

    private static ulong ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        for (var i = 0; i < bytes.Length && i < LongestNumber; i++)
        {
            number |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return number;
            }
        }

        throw Damaged();
    }

    private static PersistentTierException Damaged()
        => new(TierFailure.Damaged, $"The note '{VersionTimesKeeper.NoteName}' or '{VersionTimesKeeper.PublicationsNoteName}' of the store is damaged: it does not hold times.");
}
