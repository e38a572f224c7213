namespace MvStore.Tests.Strategies;

/// <summary>What one publication said of one key.</summary>
/// <param name="Version">At which version.</param>
/// <param name="Sequence">Its place in the order of publications.</param>
/// <param name="Value">The value; null for a deletion.</param>
/// <param name="Time">When it was published.</param>
internal sealed record PublishedEntry(ulong Version, int Sequence, string? Value, DateTimeOffset Time);
