using MvStore.Buffering;
using MvStore.Sqlite;

namespace MvStore.Reliability.Soak;

/// <summary>
/// Compares a store whose process is gone with the plan and with what that process was told: exactly the first publications are there, whole, none less than were acknowledged, nothing else;
/// and both tiers are sound.
/// </summary>
internal sealed class SoakCheck(SoakSettings settings)
{
    private readonly SoakPlan _plan = new(settings.Seed);

    /// <summary>Opens the store, compares, and closes it.</summary>
    /// <param name="receipts">What was told since the last look at it.</param>
    /// <param name="hasEmptyMemory">Whether to look once more when everything is in the persistent tier alone.</param>
    /// <returns>How many publications there are.</returns>
    public async Task<ulong> RunAsync(IReadOnlyList<SoakReceipt> receipts, bool hasEmptyMemory)
    {
        ulong published;
        await using (var store = await SoakStore.Quiet(settings.Directory, settings.HasLog).OpenAsync())
        {
            published = store.GetStatistics().PublishedSequence;
            await WholeAsync(store, published, receipts);
            if (hasEmptyMemory)
            {
                await store.FlushAsync();
                store.Evict(0);
                await WholeAsync(store, published, receipts);
            }
        }

        var report = await SqliteStoreFile.VerifyAsync(SoakStore.FileOf(settings.Directory));
        Require(report.IsSound, $"the file is damaged: {string.Join("; ", report.Findings)}");
        Require(report.DurableSequence == published, $"{published} publications were flushed, {report.DurableSequence} are in the file");
        return published;
    }

    /// <summary>The publications that a receipt says there are, and those it says there are not, as far as a view sees them.</summary>
    public static void Receipts(IEnumerable<SoakReceipt> receipts, ulong published, Func<int, ulong, bool> isThere)
    {
        foreach (var receipt in receipts)
        {
            Require(receipt.Sequence <= published || !receipt.Outlives, $"{receipt} was acknowledged, {published} publications are there");
            Require(
                isThere(receipt.Writer, receipt.Commit) == receipt.Sequence <= published,
                $"{published} publications are there, and {receipt} is {(receipt.Sequence <= published ? "missing" : "there")}");
        }
    }

    private async Task WholeAsync(IMultiVersionStore store, ulong published, IReadOnlyList<SoakReceipt> receipts)
    {
        BufferInvariants.Check(((MultiVersionStore)store).Stages.Buffer);
        using var snapshot = store.OpenSnapshot(CommitVersion.Latest, "check");
        var view = await SoakView.OfAsync(snapshot);
        Require(Enumerable.Range(0, SoakPlan.Writers).All(view.IsWholeOf), $"a writer has a hole: {view}");
        Require(view.Sum == published, $"{published} publications are there, the writers' commits are {view}");
        Receipts(receipts, published, view.Sees);
        await HistoryAsync(store, view);
        await ReadsAsync(store, view);
    }

    // Rows come in the order of the keys, the newest first.
    private async Task HistoryAsync(IMultiVersionStore store, SoakView view)
    {
        var history = store.HistoryAsync(KeyRange.All, CommitVersion.Latest).GetAsyncEnumerator();
        var hasRow = await history.MoveNextAsync();
        foreach (var key in SoakKey.All)
        {
            var bytes = key.ToBytes();
            var floor = FloorOf(store, key, view);
            using var entries = _plan.Entries(key, view).Where(e => e.Kind != DeltaKind.Drop).GetEnumerator();
            var hasEntry = entries.MoveNext();
            for (; hasRow && history.Current.Key.Span.SequenceEqual(bytes); hasRow = await history.MoveNextAsync())
            {
                var row = history.Current;
                while (hasEntry && entries.Current.Version > row.Version.Value)
                {
                    Require(entries.Current.Version <= floor, $"{entries.Current} of {key} is missing, the floor is {floor}");
                    hasEntry = entries.MoveNext();
                }

                Require(hasEntry && entries.Current.Version == row.Version.Value, $"{key} has a version {row.Version} that nobody made");
                Require(_plan.IsGenuine(key, row), $"{key} is not what a commit wrote, at {row.Version}");
                hasEntry = entries.MoveNext();
            }

            Require(!hasEntry || entries.Current.Version <= floor, $"{(hasEntry ? entries.Current : default)} of {key} is missing, the floor is {floor}");
        }

        Require(!hasRow, "there is a key that nobody wrote");
        await history.DisposeAsync();
    }

    private async Task ReadsAsync(IMultiVersionStore store, SoakView view)
    {
        foreach (var key in SoakKey.All)
        {
            var bytes = key.ToBytes();
            Same(key, _plan.Newest(key, view, CommitVersion.Latest), await store.GetAsync(bytes, CommitVersion.Latest), CommitVersion.Latest);
            if (!key.Lane.HasDrops)
            {
                var floor = store.GetFloor(SoakKinds.Instance.Classify(bytes));
                Same(key, _plan.Newest(key, view, floor), await store.GetAsync(bytes, floor), floor);
            }
        }
    }

    private void Same(SoakKey key, SoakEntry? expected, VersionedRow? row, CommitVersion at)
    {
        Require(row?.Version.Value == expected?.Version, $"{key} reads as {row} at {at}, due was {expected}");
        Require(row is not { } found || _plan.IsGenuine(key, found), $"{key} is not what a commit wrote, at {at}");
    }

    // A drop may be in force already, or not yet.
    private ulong FloorOf(IMultiVersionStore store, SoakKey key, SoakView view)
    {
        var floor = store.GetFloor(SoakKinds.Instance.Classify(key.ToBytes())).Value;
        var drop = key.Lane.HasDrops ? _plan.Entries(key, view).FirstOrDefault(e => e.Kind == DeltaKind.Drop).Version : 0;
        return Math.Max(floor, drop);
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new LossException(what);
        }
    }
}
