using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class PreviousTests
{
    public static TheoryData<StoreStorage, Residency> Everywhere => TestCases.Everywhere;

    public static TheoryData<StoreStorage, Residency> Open => SnapshotTests.Open;

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B4_PreviousIsTheNewestEntryBelow(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "x");
        await fixture.Store.RemoveAsync(20, "a");
        await fixture.Store.SetAsync(40, "a", "y");
        await fixture.SettleAsync(residency);

        (CommitVersion Before, string Expected)[] steps =
        [
            (0, AnswerText.Beginning), (1, AnswerText.Beginning), (10, AnswerText.Beginning),
            (11, "a@10=x"), (20, "a@10=x"),
            (21, "a@20 tombstone"), (40, "a@20 tombstone"),
            (41, "a@40=y"), (CommitVersion.Max, "a@40=y"), (CommitVersion.Max.Value + 1, "a@40=y"), (CommitVersion.Latest, "a@40=y"),
        ];
        using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        foreach (var (before, expected) in steps)
        {
            AnswerText.Of(await fixture.Store.GetPreviousAsync("a"u8, before)).Should().Be(expected, "that is before {0}", before);
            AnswerText.Of(await snapshot.GetPreviousAsync("a"u8, before)).Should().Be(expected, "that is before {0} in a snapshot", before);
        }

        (await fixture.Store.GetPreviousAsync("b"u8, CommitVersion.Latest)).Kind.Should().Be(PreviousVersionKind.BeginningOfHistory);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B4_NVersionsTakeNSteps(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var versions = Enumerable.Range(1, 60).Select(i => (ulong)(i * i)).ToList();
        foreach (var version in versions.Take(40))
        {
            await fixture.Store.SetAsync(version, "a", "x");
        }

        await fixture.SettleAsync(residency);
        foreach (var version in versions.Skip(40))
        {
            await fixture.Store.SetAsync(version, "a", "x");
        }

        var seen = new List<ulong>();
        for (var step = await fixture.Store.GetPreviousAsync("a"u8, CommitVersion.Latest); step.HasRow;
            step = await fixture.Store.GetPreviousAsync("a"u8, step.Row.Version))
        {
            seen.Add(step.Row.Version.Value);
        }

        versions.Reverse();
        seen.Should().Equal(versions);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B4_ReclaimedHistoryIsToldFromItsBeginning(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "old", "1");
        await fixture.Store.SetAsync(20, "old", "2");
        await fixture.SettleAsync(residency);
        await fixture.Store.ReclaimAsync();
        var floor = fixture.Store.GetFloor();
        await fixture.Store.SetAsync(30, "old", "3");
        await fixture.Store.SetAsync(30, "new", "3");

        (await fixture.Store.GetPreviousAsync("new"u8, 30)).Kind.Should().Be(PreviousVersionKind.BeginningOfHistory);
        AnswerText.Of(await fixture.Store.GetPreviousAsync("old"u8, 30)).Should().Be("old@20=2");
        if (residency == Residency.Buffered)
        {
            floor.Should().Be(CommitVersion.Zero, "nothing is durable yet");
            AnswerText.Of(await fixture.Store.GetPreviousAsync("old"u8, 20)).Should().Be("old@10=1");
            return;
        }

        floor.Should().Be((CommitVersion)20);
        (await fixture.Store.GetPreviousAsync("old"u8, 20)).Kind.Should().Be(PreviousVersionKind.Reclaimed);
        (await fixture.Store.GetPreviousAsync("old"u8, 0)).Kind.Should().Be(PreviousVersionKind.BeginningOfHistory);
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task B4_ASnapshotWhoseFoundationALateVersionReleasedSaysReclaimedAndNotBeginning(StoreStorage storage, Residency residency)
    {
        // 10 is what the snapshot would step to from 70. The late 55, which it cannot see, takes the place of 10 below the floor.
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 40);
        await fixture.Store.SetAsync(10, "a", "10");
        await fixture.Store.SetAsync(70, "a", "70");
        using var snapshot = fixture.Store.OpenSnapshot(100);
        await fixture.Store.SetAsync(55, "a", "55");
        await fixture.Store.SetAsync(100, "b", "100");
        await FlushAndSettleAsync(fixture, storage, residency);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)60);

        AnswerText.Of(await snapshot.GetPreviousAsync("a"u8, CommitVersion.Latest)).Should().Be("a@70=70");
        (await snapshot.GetPreviousAsync("a"u8, 70)).Kind.Should().Be(PreviousVersionKind.Reclaimed);
        AnswerText.Of(await fixture.Store.GetPreviousAsync("a"u8, 70)).Should().Be("a@55=55");
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task B4_ASnapshotBelowTheFloorStepsToWhatItSeesAndNoFurther(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "a", "10");
        await fixture.Store.SetAsync(20, "a", "20");
        await fixture.Store.SetAsync(30, "a", "30");
        using var snapshot = fixture.Store.OpenSnapshot(25);
        await FlushAndSettleAsync(fixture, storage, residency);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)30);

        AnswerText.Of(await snapshot.GetPreviousAsync("a"u8, CommitVersion.Latest)).Should().Be("a@20=20");
        AnswerText.Of(await snapshot.GetPreviousAsync("a"u8, 26)).Should().Be("a@20=20");
        (await snapshot.GetPreviousAsync("a"u8, 25)).Kind.Should().Be(PreviousVersionKind.Reclaimed);
        (await snapshot.GetPreviousAsync("a"u8, 20)).Kind.Should().Be(PreviousVersionKind.Reclaimed);
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task B4_B5_ALateCommitAndARisingFloorLeaveASnapshotItsHistoryAboveTheFloor(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 40);
        foreach (var version in (ulong[])[10, 65, 70, 80])
        {
            await fixture.Store.SetAsync(version, "a", $"{version}");
        }

        using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        await fixture.Store.SetAsync(75, "b", "late");
        await fixture.Store.SetAsync(100, "b", "100");
        await FlushAndSettleAsync(fixture, storage, residency);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)60);

        AnswerText.Of(await snapshot.GetPreviousAsync("a"u8, 80)).Should().Be("a@70=70");
        AnswerText.Of(await snapshot.GetPreviousAsync("a"u8, 70)).Should().Be("a@65=65");
        (await Scans.ShowAsync(snapshot.HistoryAsync(KeyRange.Exactly("a"u8)))).Should().StartWith("[a@80=80, a@70=70, a@65=65");
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task B4_ASnapshotOfTheFutureStepsToWhatItsOwnPinKeeps(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "a", "10");
        using var snapshot = fixture.Store.OpenSnapshot(1_000);
        await fixture.Store.SetAsync(100, "a", "100");
        await FlushAndSettleAsync(fixture, storage, residency);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)100);

        AnswerText.Of(await snapshot.GetPreviousAsync("a"u8, 500)).Should().Be("a@10=10");
        AnswerText.Of(await snapshot.GetPreviousAsync("nobody"u8, 500)).Should().Be(AnswerText.Beginning);
        AnswerText.Of(await snapshot.GetPreviousAsync("a"u8, 10)).Should().Be(AnswerText.Reclaimed);
    }

    /// <summary>Reclamation follows what is durable, so data is always flushed; then it lies where the residency says.</summary>
    private static async Task FlushAndSettleAsync(StoreFixture fixture, StoreStorage storage, Residency residency)
        => await fixture.SettleAsync(storage != StoreStorage.None && residency == Residency.Buffered ? Residency.Flushed : residency);
}
