using MvStore.Reliability.Scripts;

namespace MvStore.Reliability.Kills;

/// <summary>Compares a store whose owner was killed with what that owner was to commit: exactly the first publications, whole.</summary>
internal static class KillCheck
{
    /// <summary>Checks a store in which nothing is reclaimed meanwhile.</summary>
    /// <param name="store">The store, open.</param>
    /// <param name="seed">What its commits follow from.</param>
    /// <param name="least">The last publication that was acknowledged.</param>
    /// <returns>How many publications there are.</returns>
    public static async Task<ulong> RunAsync(IMultiVersionStore store, int seed, ulong least)
    {
        var published = store.GetStatistics().PublishedSequence;
        Require(published >= least, $"publication {least} was acknowledged, {published} are there");
        var expected = new CommitLog();
        for (ulong sequence = 1; sequence <= published; sequence++)
        {
            expected.Publish(KillSteps.At(seed, sequence));
        }

        var history = new Dictionary<(string Key, CommitVersion Version), VersionedRow>();
        await foreach (var row in store.HistoryAsync(KeyRange.All, CommitVersion.Latest))
        {
            history.Add((Hex(row.Key), row.Version), row);
        }

        var floors = expected.Drops(published).GroupBy(d => Hex(d.Key)).ToDictionary(g => g.Key, g => g.Max(d => d.Version));
        foreach (var chain in expected.Chains(published))
        {
            var dropped = floors.GetValueOrDefault(Hex(chain[0].Key));
            var floor = dropped > store.GetFloor() ? dropped : store.GetFloor();
            CheckHistory(chain, floor, history);
            await CheckReadsAsync(store, chain, floor);
        }

        Require(history.Count == 0, $"{history.Values.FirstOrDefault()} is there and was never made");
        return published;
    }

    private static void CheckHistory(IReadOnlyList<TierRow> chain, CommitVersion floor, Dictionary<(string Key, CommitVersion Version), VersionedRow> history)
    {
        foreach (var entry in chain)
        {
            var isThere = history.Remove((Hex(entry.Key), entry.Version), out var row);
            Require(isThere || entry.Version <= floor, $"{entry} is missing, the floor is {floor}");
            Require(!isThere || Same(row, entry), $"{entry} reads as {row} in the history");
        }
    }

    private static async Task CheckReadsAsync(IMultiVersionStore store, IReadOnlyList<TierRow> chain, CommitVersion floor)
    {
        foreach (var at in chain.Select(e => e.Version).Append(floor).Append(CommitVersion.Latest).Where(v => v >= floor))
        {
            var entry = chain.FirstOrDefault(e => e.Version <= at, new TierRow(default, default, 0, null));
            var row = await store.GetAsync(chain[0].Key.Span, at);
            Require(entry.IsTombstone ? row is null : row is { } found && Same(found, entry), $"{entry} reads as {row} at {at}");
        }
    }

    private static bool Same(VersionedRow found, TierRow expected)
        => found.Version == expected.Version
            && found.IsTombstone == expected.IsTombstone
            && (expected.Value is not { } value || value.Span.SequenceEqual(found.Value.Span));

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);

    private static void Require(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw new LossException(what);
        }
    }
}
