using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>What a batch must satisfy before anything changes (contract A3).</summary>
/// <param name="options">What the host allows.</param>
/// <param name="tier">What the persistent tier takes; null when there is none.</param>
internal sealed class CommitLimits(BufferOptions options, TierCapabilities? tier = null)
{
    private readonly int _maxKeyLength = Math.Min(options.MaxKeyLength, tier?.MaxKeyLength ?? int.MaxValue);
    private readonly int _maxValueLength = Math.Min(options.MaxValueLength, tier?.MaxValueLength ?? int.MaxValue);
    private readonly string _keyLimit = tier?.MaxKeyLength < options.MaxKeyLength ? TierLimit : "Buffer." + nameof(BufferOptions.MaxKeyLength);
    private readonly string _valueLimit = tier?.MaxValueLength < options.MaxValueLength ? TierLimit : "Buffer." + nameof(BufferOptions.MaxValueLength);
    private readonly long _maxBytes = tier?.MaxBatchBytes ?? long.MaxValue;
    private readonly int _maxRows = tier?.MaxBatchRows ?? int.MaxValue;

    private const string TierLimit = "the persistent tier's";

    /// <summary>Checks a version.</summary>
    public static void RequireCommittable(CommitVersion version)
    {
        if (version < CommitVersion.Min || version > CommitVersion.Max)
        {
            throw new ArgumentOutOfRangeException(
                nameof(version),
                version.Value,
                $"A commit version is {CommitVersion.Min} to {CommitVersion.Max}; {version} is not.");
        }
    }

    /// <summary>Checks every delta of a batch.</summary>
    public void RequireWithinLimits(WriteBatch batch)
    {
        var items = batch.Items;
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].KeyLength > _maxKeyLength)
            {
                var problem = Describe(i, "key", items[i].KeyLength, _maxKeyLength, _keyLimit);
                throw new ArgumentException(problem, nameof(batch));
            }

            if (items[i].ValueLength > _maxValueLength)
            {
                var problem = Describe(i, "value", items[i].ValueLength, _maxValueLength, _valueLimit);
                throw new ArgumentException(problem, nameof(batch));
            }
        }
    }

    /// <summary>Checks that the persistent tier takes a commit in one slice: it cannot be cut.</summary>
    public void RequireOneSlice(PreparedCommit batch)
    {
        if (batch.Bytes > _maxBytes)
        {
            throw new ArgumentException(Describe("bytes of keys and values", batch.Bytes, _maxBytes), nameof(batch));
        }

        if (batch.RowCount > _maxRows)
        {
            throw new ArgumentException(Describe("keys", batch.RowCount, _maxRows), nameof(batch));
        }
    }

    private static string Describe(string what, long count, long limit)
        => $"The batch has {count} {what}; the limit of one commit is {limit} ({TierLimit}). Nothing was applied.";

    private static string Describe(int index, string what, int length, int limit, string whose)
        => $"The {what} of delta {index} has {length} bytes; the limit is {limit} ({whose}). Nothing was applied.";
}
