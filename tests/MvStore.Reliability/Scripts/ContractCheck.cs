using MvStore.Reliability.Tiers;

namespace MvStore.Reliability.Scripts;

/// <summary>Compares what a store answers, and what its tier holds, with what the application knows.</summary>
internal static class ContractCheck
{
    /// <summary>A store after a crash: what was acknowledged is there, and no floor went back.</summary>
    /// <param name="found">What its tier holds.</param>
    /// <param name="log">What the application knows.</param>
    /// <param name="position">Where the power was cut.</param>
    /// <param name="logged">Up to which publication the commit log goes, if there is one.</param>
    public static void Acknowledged(TierContent found, CommitLog log, int position, ulong logged = 0)
    {
        var acknowledged = log.AcknowledgedAt(position);
        Require(
            Math.Max(found.Sequence, logged) >= acknowledged,
            () => $"publication {acknowledged} was acknowledged, the tier has {found.Sequence} and the log {logged}");
        Require(found.Floor >= log.FloorAt(position), () => $"the floor was {log.FloorAt(position)} and is {found.Floor}");
    }

    /// <summary>A tier after a crash: the first publications, whole, what reclamation may take off them, and nothing else.</summary>
    public static void Tier(TierContent found, CommitLog log)
    {
        Require(found.Sequence <= log.Sequence, () => $"{log.Sequence} publications were made, {found.Sequence} are there");
        Require(found.Highest == log.HighestOf(found.Sequence), () => $"the highest version is {found.Highest}");
        var classifier = KindByFirstByte.Instance;
        foreach (var drop in log.Drops(found.Sequence))
        {
            var waits = found.Drops.Contains((Convert.ToHexString(drop.Key.Span), drop.Version));
            Require(waits || found.FloorOf(drop.Key, classifier) >= drop.Version, () => $"the {drop} is neither waiting nor in force");
        }

        var issued = log.Drops(found.Sequence).Select(d => (Convert.ToHexString(d.Key.Span), d.Version)).ToHashSet();
        Require(found.Drops.All(issued.Contains), () => "a drop is there that nobody made");
        var rows = found.Rows.ToDictionary(r => (Convert.ToHexString(r.Key.Span), r.Version));
        foreach (var chain in log.Chains(found.Sequence))
        {
            var floor = found.FloorOf(chain[0].Key, classifier);
            var needed = chain.TakeWhile(e => e.Version > floor).Count() + 1;
            var isForgotten = false;
            for (var i = 0; i < chain.Count; i++)
            {
                var isThere = rows.Remove((Convert.ToHexString(chain[i].Key.Span), chain[i].Version), out var row);
                isForgotten |= !isThere && i == needed - 1 && chain[i].IsTombstone;
                Require(isThere || i >= needed || isForgotten, () => $"{chain[i]} is missing, the floor is {floor}");
                Require(!isThere || !isForgotten, () => $"{chain[i]} is there, and the deletion that hides it is not");
                Require(!isThere || Same(row, chain[i]), () => $"{chain[i]} reads as {row}");
            }
        }

        Require(rows.Count == 0, () => $"{rows.Values.First()} is there and was never made");
    }

    /// <summary>An open store: the history of everything, and each key at each version that may be read.</summary>
    public static async Task StoreAsync(IMultiVersionStore store, CommitLog log, TierContent floors)
    {
        var chains = log.Chains(log.Sequence);
        var history = new List<VersionedRow>();
        await foreach (var row in store.HistoryAsync(KeyRange.All, CommitVersion.Latest))
        {
            history.Add(row);
        }

        // A deletion at or below the floor may have gone, with everything older: then nothing is in its place.
        var next = 0;
        foreach (var chain in chains)
        {
            var floor = floors.FloorOf(chain[0].Key, KindByFirstByte.Instance);
            foreach (var expected in chain.Take(chain.TakeWhile(e => e.Version > floor).Count() + 1))
            {
                var isThere = next < history.Count && history[next].Key.Span.SequenceEqual(expected.Key.Span) && Same(history[next], expected);
                Require(isThere || (expected.IsTombstone && expected.Version <= floor), () => $"{expected} is not in its place in the history");
                next += isThere ? 1 : 0;
            }
        }

        Require(next == history.Count, () => $"{history[next]} should not be in the history");
        foreach (var chain in chains)
        {
            await KeyAsync(store, chain, floors.FloorOf(chain[0].Key, KindByFirstByte.Instance));
        }
    }

    private static async Task KeyAsync(IMultiVersionStore store, IReadOnlyList<TierRow> chain, CommitVersion floor)
    {
        foreach (var at in chain.Select(e => e.Version).Append(floor).Append(CommitVersion.Latest).Where(v => v >= floor))
        {
            var expected = chain.FirstOrDefault(e => e.Version <= at, new TierRow(default, default, 0, null));
            var found = await store.GetAsync(chain[0].Key.Span, at);
            Require(
                expected.IsTombstone ? found is null : found is { } row && Same(row, expected),
                () => $"{expected} reads as {(found is { } other ? other.ToString() : "absent")} at {at}");
        }

        if (floor > CommitVersion.Zero)
        {
            try
            {
                await store.GetAsync(chain[0].Key.Span, floor.Value - 1);
                throw new LossException($"A read below the floor {floor} was answered.");
            }
            catch (BelowFloorException)
            {
                // As it must be.
            }
        }
    }

    private static bool Same(VersionedRow found, TierRow expected)
        => found.Version == expected.Version
            && found.IsTombstone == expected.IsTombstone
            && (expected.Value is not { } value || value.Span.SequenceEqual(found.Value.Span));

    private static bool Same(TierRow found, TierRow expected)
        => found.Version == expected.Version
            && found.Sequence == expected.Sequence
            && found.IsTombstone == expected.IsTombstone
            && (expected.Value is not { } value || value.Span.SequenceEqual(found.Value!.Value.Span));

    private static void Require(bool isTrue, Func<string> what)
    {
        if (!isTrue)
        {
            throw new LossException(what());
        }
    }
}
