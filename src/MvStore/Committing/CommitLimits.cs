namespace MvStore.Committing;

/// <summary>What a batch must satisfy before anything changes (contract A3).</summary>
internal sealed class CommitLimits(BufferOptions options)
{
    private readonly int _maxKeyLength = options.MaxKeyLength;
    private readonly int _maxValueLength = options.MaxValueLength;

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
                var problem = Describe(i, "key", items[i].KeyLength, _maxKeyLength, nameof(BufferOptions.MaxKeyLength));
                throw new ArgumentException(problem, nameof(batch));
            }

            if (items[i].ValueLength > _maxValueLength)
            {
                var problem = Describe(i, "value", items[i].ValueLength, _maxValueLength, nameof(BufferOptions.MaxValueLength));
                throw new ArgumentException(problem, nameof(batch));
            }
        }
    }

    private static string Describe(int index, string what, int length, int limit, string option)
        => $"The {what} of delta {index} has {length} bytes; the limit is {limit} (Buffer.{option}). Nothing was applied.";
}
