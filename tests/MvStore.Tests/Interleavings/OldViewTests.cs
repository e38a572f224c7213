using MvStore.Conformance;

namespace MvStore.Tests.Interleavings;

/// <summary>
/// Views that are older than a late commit and a floor that rose over it (DESIGN.md 3, "Old views"). The shortest traces of the closed model, played
/// on a store.
/// </summary>
public sealed class OldViewTests
{
    private static readonly byte[] Key = [7];

    [Fact]
    public async Task B4_stepping_back_in_a_snapshot_never_mistakes_reclaimed_history_for_its_beginning()
    {
        await using var store = await OpenAsync();
        await SetAsync(store, 1);
        await SetAsync(store, 5);
        using var snapshot = store.OpenSnapshot(5);
        (await snapshot.GetPreviousAsync(Key, 5)).Row.Version.Should().Be((CommitVersion)1);

        await SetAsync(store, 3);
        await store.FlushAsync();
        await store.ReclaimAsync();

        (await snapshot.GetPreviousAsync(Key, 5)).Kind.Should().Be(PreviousVersionKind.Reclaimed);
        (await snapshot.GetAsync(Key))!.Value.Version.Should().Be((CommitVersion)5);
        (await store.GetPreviousAsync(Key, 5)).Row.Version.Should().Be((CommitVersion)3, "a new view sees the late version");
    }

    [Fact]
    public async Task B4_stepping_back_in_a_snapshot_never_skips_to_what_another_pin_keeps()
    {
        await using var store = await OpenAsync();
        await SetAsync(store, 1);
        using var oldest = store.OpenSnapshot(1);
        await SetAsync(store, 2);
        await SetAsync(store, 6);
        using var snapshot = store.OpenSnapshot(6);

        await SetAsync(store, 3);
        await store.FlushAsync();
        await store.ReclaimAsync();

        (await oldest.GetAsync(Key))!.Value.Version.Should().Be((CommitVersion)1);
        var previous = await snapshot.GetPreviousAsync(Key, 6);
        previous.Kind.Should().Be(PreviousVersionKind.Reclaimed, "version 2 is gone, and version 1 is not the answer");
    }

    [Fact]
    public async Task B9_a_page_token_older_than_a_late_commit_under_the_floor_is_refused()
    {
        await using var store = await OpenAsync();
        await SetAsync(store, 1);
        await store.CommitAsync(new WriteBatch().Set([1], [1]).Set([9], [9]), 5);
        var page = await store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1);

        await SetAsync(store, 3);
        await store.FlushAsync();
        await store.ReclaimAsync();

        var resume = async () => await store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1, continuation: page.Next);
        await resume.Should().ThrowAsync<BelowFloorException>();
    }

    [Fact]
    public async Task B9_a_page_token_survives_a_floor_that_passed_nothing_it_sees()
    {
        await using var store = await OpenAsync();
        await SetAsync(store, 1);
        await SetAsync(store, 3);
        await store.CommitAsync(new WriteBatch().Set([1], [1]).Set([9], [9]), 5);
        var page = await store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1);

        await store.FlushAsync();
        await store.ReclaimAsync();

        page = await store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1, continuation: page.Next);
        page.Rows.Should().ContainSingle().Which.Version.Should().Be((CommitVersion)3);
    }

    private static async Task<IMultiVersionStore> OpenAsync()
        => await new MvStoreBuilder()
            .Configure(o =>
            {
                o.Flush.MaxAge = Timeout.InfiniteTimeSpan;
                o.GarbageCollection.RetainVersions = 1;
                o.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
            })
            .UsePersistentTier(new InMemoryTier())
            .OpenAsync();

    private static async Task SetAsync(IMultiVersionStore store, ulong version)
        => await store.CommitAsync(new WriteBatch().Set(Key, [1]), version);
}
