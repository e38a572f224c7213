using System.Globalization;

namespace MvStore.Reliability.Kills;

/// <summary>Many large values, far more than the process may keep in memory; the n-th commit follows from n.</summary>
internal static class CappedLoad
{
    private const int ValueBytes = 100 * 1024;
    private const ulong Keys = 150;
    private const ulong DurableEvery = 20;

    /// <summary>The store: what a host gets that configures nothing, but for the limit of the buffer.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="hardLimit">The limit in bytes; 0 for what follows from the memory of the process.</param>
    public static MvStoreBuilder In(string directory, long hardLimit)
        => KillStore.Default(directory).Configure(options =>
        {
            options.Buffer.HardLimit = hardLimit == 0 ? null : hardLimit;
            options.Buffer.MaxStall = TimeSpan.FromSeconds(2);
        });

    /// <summary>Commits as many as it can, from four threads.</summary>
    /// <param name="store">The store, empty.</param>
    /// <param name="commits">How many there are to be; ten are a mebibyte.</param>
    /// <param name="tell">Is told of each durable commit.</param>
    public static async Task RunAsync(IMultiVersionStore store, ulong commits, Action<CommitReceipt> tell)
    {
        // Versions ascend within a thread only; the check goes by versions.
        await Parallel.ForEachAsync(Enumerable.Range(0, 4), async (thread, _) =>
        {
            for (var version = (ulong)thread + 1; version <= commits; version += 4)
            {
                var isDurable = version % DurableEvery == 0;
                var receipt = await store.CommitAsync(
                    new WriteBatch().Set(Key(version), Value(version)), version, isDurable ? Durability.Durable : Durability.Buffered, CancellationToken.None);
                if (isDurable)
                {
                    tell(receipt);
                }
            }
        });
    }

    /// <summary>Requires that what is there was made, is whole, and is no less than was acknowledged.</summary>
    /// <returns>How many commits there are.</returns>
    public static async Task<ulong> CheckAsync(IMultiVersionStore store, IReadOnlyCollection<ulong> acknowledged)
    {
        ulong found = 0;
        var missing = acknowledged.ToHashSet();
        await foreach (var row in store.HistoryAsync(KeyRange.All, CommitVersion.Latest))
        {
            var version = row.Version.Value;
            if (!row.Key.Span.SequenceEqual(Key(version)) || !row.Value.Span.SequenceEqual(Value(version)))
            {
                throw new LossException($"Version {version} is not what was committed.");
            }

            missing.Remove(version);
            found++;
        }

        return missing.Count == 0 && found == store.GetStatistics().PublishedSequence
            ? found
            : throw new LossException($"{found} commits are there, {store.GetStatistics().PublishedSequence} publications; missing: {string.Join(' ', missing)}.");
    }

    private static byte[] Key(ulong version) => System.Text.Encoding.ASCII.GetBytes((version % Keys).ToString(CultureInfo.InvariantCulture));

    private static byte[] Value(ulong version)
    {
        var value = new byte[ValueBytes];
        new Random((int)version).NextBytes(value);
        return value;
    }
}
