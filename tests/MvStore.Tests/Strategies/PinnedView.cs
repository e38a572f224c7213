namespace MvStore.Tests.Strategies;

/// <summary>A snapshot, and what it was opened on.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="At">Its version.</param>
/// <param name="Count">How many publications it covers.</param>
/// <param name="Floors">The floor of each key when it was opened.</param>
internal sealed record PinnedView(ISnapshot Snapshot, ulong At, int Count, IReadOnlyDictionary<string, ulong> Floors)
{
    /// <summary>Whether it may read a key.</summary>
    public bool Covers(string key) => Floors[key] <= At;
}
