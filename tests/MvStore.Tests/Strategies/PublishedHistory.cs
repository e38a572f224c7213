namespace MvStore.Tests.Strategies;

/// <summary>Every publication that there was, and what follows from them: the plainest store there is, which forgets nothing.</summary>
internal sealed class PublishedHistory
{
    private readonly List<Publication> _publications = [];

    /// <summary>How many there are; their sequences are 1 to this.</summary>
    public int Count => _publications.Count;

    /// <summary>The highest version published; 0 for none.</summary>
    public ulong Highest => _publications.Select(p => p.Version).DefaultIfEmpty().Max();

    /// <summary>Adds one.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="values">What it says of which keys; null is a deletion.</param>
    /// <param name="now">When.</param>
    public void Add(ulong version, IReadOnlyDictionary<string, string?> values, DateTimeOffset now) => _publications.Add(new Publication(version, values, now));

    /// <summary>A crash lost the last ones.</summary>
    public void Truncate(int count) => _publications.RemoveRange(count, Count - count);

    /// <summary>The entries of a key among the first publications, newest first.</summary>
    /// <param name="key">The key.</param>
    /// <param name="count">How many publications.</param>
    public IReadOnlyList<PublishedEntry> ChainOf(string key, int count)
        => [.. _publications.Take(count)
            .Select((p, i) => (Publication: p, Sequence: i + 1))
            .Where(p => p.Publication.Values.ContainsKey(key))
            .Select(p => new PublishedEntry(p.Publication.Version, p.Sequence, p.Publication.Values[key], p.Publication.Time))
            .OrderByDescending(e => e.Version)];

    /// <summary>What a view sees of a key, tombstone or not; null for nothing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="at">The view's version.</param>
    /// <param name="count">How many publications it covers.</param>
    public PublishedEntry? Find(string key, ulong at, int count) => ChainOf(key, count).FirstOrDefault(e => e.Version <= at);

    /// <summary>The same as <c>value@version</c>; null if it is absent or deleted.</summary>
    public string? Show(string key, ulong at, int count) => Find(key, at, count) is { Value: { } value } entry ? $"{value}@{entry.Version}" : null;

    /// <summary>The highest version that was published by a moment; 0 for none.</summary>
    public ulong HighestBy(DateTimeOffset moment) => _publications.Where(p => p.Time <= moment).Select(p => p.Version).DefaultIfEmpty().Max();

    private sealed record Publication(ulong Version, IReadOnlyDictionary<string, string?> Values, DateTimeOffset Time);
}
