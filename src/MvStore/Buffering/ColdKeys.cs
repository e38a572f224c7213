namespace MvStore.Buffering;

/// <summary>
/// Tells cold keys from warm ones by the age of their newest version, in publications: it costs nothing to keep, because every entry carries its sequence.
/// Where the line is, a sample says, as in caches that approximate the least recently used by looking at a few (Redis does). Inside an epoch; any thread.
/// </summary>
internal static unsafe class ColdKeys
{
    // The middle of a sample of 128 is between the 40th and the 60th hundredth of the whole in 97 of 100 cases.
    private const int SampleSize = 128;

    private static readonly TierView Everything = new(CommitVersion.Latest, ulong.MaxValue);

    /// <summary>The publication that is newer than the newest versions of about a part of all keys.</summary>
    /// <param name="table">The keys.</param>
    /// <param name="part">The part, 0 to 1.</param>
    public static ulong UpTo(RecordTable table, double part)
    {
        Span<ulong> newest = stackalloc ulong[SampleSize];
        var count = 0;
        for (var i = 0; i < SampleSize; i++)
        {
            var record = table.FindNear((ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));
            var entry = record == null ? null : VersionChain.Find(record, Everything);
            if (entry != null)
            {
                newest[count++] = entry->Sequence;
            }
        }

        if (count == 0)
        {
            return ulong.MaxValue;
        }

        newest = newest[..count];
        newest.Sort();
        return newest[Math.Clamp((int)(part * count), 0, count - 1)];
    }
}
