namespace MvStore;

/// <summary>Limits of keys and values, and the size of the hot tier.</summary>
public sealed class BufferOptions
{
    /// <summary>The highest value <see cref="MaxKeyLength"/> may have: 65,535 bytes.</summary>
    public const int KeyLengthLimit = 65_535;

    /// <summary>The highest value <see cref="MaxValueLength"/> may have: 900,000,000 bytes.</summary>
    public const int ValueLengthLimit = 900_000_000;

    /// <summary>The longest key a commit accepts, in bytes.</summary>
    /// <value>Default 65,535, which is also the most. At least 1.</value>
    public int MaxKeyLength { get; set; } = KeyLengthLimit;

    /// <summary>The longest value a commit accepts, in bytes.</summary>
    /// <value>Default 268,435,456 (256 MiB). 0 to 900,000,000.</value>
    public int MaxValueLength { get; set; } = 256 * 1024 * 1024;

    /// <summary>
    /// The bytes of the hot tier above which durable versions are dropped from memory after a flush. What is not durable yet is never
    /// dropped. Without a persistent tier it has no effect.
    /// </summary>
    /// <value>Default 268,435,456 (256 MiB). Not negative; 0 keeps only what is not durable.</value>
    public long MemoryBudget { get; set; } = 256L * 1024 * 1024;

    /// <summary>A copy that later changes do not reach.</summary>
    internal BufferOptions Copy() => (BufferOptions)MemberwiseClone();
}
