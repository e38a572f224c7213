using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract A4, trap 5: the same key twice in a batch, and the same (key, version) twice in a store.</summary>
public sealed class DuplicateTests
{
    private const int RaceRounds = 100;

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task Trap05_TheLastDeltaOfAKeyWinsInEveryTier(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(
            new WriteBatch()
                .Set("set", "1").Set("set", "2").Set("set", "3")
                .Set("removed", "1").Remove("removed")
                .Remove("again").Set("again", "2")
                .Unset(Bytes.Of("unset"), Bytes.Of("0")).Set("unset", "1").Unset(Bytes.Of("unset"), Bytes.Of("1")),
            10).Guarded();
        await fixture.SettleAsync(residency);

        (await fixture.Store.HistoryAllAsync()).Should().Equal("again=2@10", "removed=-@10", "set=3@10", "unset=-@10");
        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("again=2@10", "set=3@10");
        (await fixture.Store.ReadAsync("set")).Should().Be("3@10");
        (await fixture.Store.ReadAsync("removed")).Should().BeNull();
        (await fixture.Store.ReadAsync("again")).Should().Be("2@10");
    }

    [Fact]
    public async Task A4_OneEntryPerKeyReachesTheTierAndTheListeners()
    {
        var listener = new CommitRecorder();
        await using var fixture = await StoreFixture.OpenAsync(build: b => b.AddCommitListener(listener));
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Set("a", "2"), 10, Durability.Durable).Guarded();

        var rows = fixture.Tier.Applied.Single().Rows;
        rows.Select(row => (Bytes.Text(row.Key), Bytes.Text(row.Value!.Value))).Should().Equal(("a", "2"), ("b", "1"));
        var commit = (await listener.TakeAsync(1).Guarded())[0];
        commit.Deltas.Select(d => (Bytes.Text(d.Key), Bytes.Text(d.Value))).Should().Equal(("a", "2"), ("b", "1"));
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A4_AVersionOfAKeyThatExistsIsNotWrittenAgain(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 10).Guarded();
        await fixture.Store.RemoveAsync(20, "b");
        await fixture.Store.SetAsync(30, "a", "3");
        await fixture.SettleAsync(residency);

        await AssertRefusedAsync(new WriteBatch().Set("0", "x").Set("b", "x").Set("c", "x"), 10, "b");
        await AssertRefusedAsync(new WriteBatch().Set("0", "x").Set("b", "x").Set("c", "x"), 20, "b");
        await AssertRefusedAsync(new WriteBatch().Remove("a").Set("c", "x"), 30, "a");
        await AssertRefusedAsync(new WriteBatch().Unset(Bytes.Of("a"), default), 10, "a");

        async Task AssertRefusedAsync(WriteBatch batch, ulong version, string key)
        {
            var error = await Assert.ThrowsAsync<DuplicateVersionException>(() => fixture.Store.CommitAsync(batch, version).Guarded());
            error.Version.Should().Be((CommitVersion)version);
            Bytes.Text(error.Key).Should().Be(key);
            error.Message.Should().Contain($"{version}");
            (await fixture.Store.HistoryAllAsync()).Should().Equal("a=3@30", "a=1@10", "b=-@20", "b=1@10");
            fixture.Store.VisibleVersion.Should().Be((CommitVersion)30);
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A4_AnExistingVersionOfOtherKeysIsNoObstacle(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(20, "a", "2");
        await fixture.SettleAsync(residency);

        await fixture.Store.CommitAsync(new WriteBatch().Set("b", "1").Remove("c"), 10).Guarded();
        await fixture.Store.SetAsync(20, "b", "2");
        await fixture.SettleAsync(residency);

        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@20", "a=1@10", "b=2@20", "b=1@10", "c=-@10");
    }

    [Fact]
    public async Task A4_ARefusedCommitCanBeMadeAtAnotherVersion()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(10, "a", "1");
        var batch = new WriteBatch().Set("a", "2").Set("b", "2");
        await Assert.ThrowsAsync<DuplicateVersionException>(() => fixture.Store.CommitAsync(batch, 10).Guarded());

        await fixture.Store.CommitAsync(batch, 11).Guarded();

        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("a=2@11", "b=2@11");
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public Task A4_OfTwoCommitsRacingForAFreshVersionExactlyOneSucceeds(StoreStorage storage) => RaceAsync(storage, late: false);

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public Task A4_OfTwoCommitsRacingForALateVersionExactlyOneSucceeds(StoreStorage storage) => RaceAsync(storage, late: true);

    /// <summary>
    /// Four threads commit at one version: thread t writes link t and link t+1 of a chain, and a key of its own. Neighbours exclude each
    /// other, so no two of them may succeed, and whoever fails must have lost to a neighbour.
    /// </summary>
    private static async Task RaceAsync(StoreStorage storage, bool late)
    {
        const int Racers = 4;
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var store = fixture.Store;
        if (late)
        {
            await store.SetAsync(1_000_000, "high", "1");
        }

        for (var i = 0; i < RaceRounds; i++)
        {
            var outcomes = new DuplicateVersionException?[Racers];
            var crowd = Enumerable.Range(0, Racers).Select<int, Func<Task>>(racer => () => CommitAsync(i, racer, outcomes)).ToList();
            if (storage != StoreStorage.None && i % 4 == 0)
            {
                crowd.Add(FlushAndEvictAsync);
            }

            await Crowd.RunAsync(crowd);
            await AssertRoundAsync(i, outcomes);
        }

        async Task CommitAsync(int i, int racer, DuplicateVersionException?[] outcomes)
        {
            try
            {
                await store.CommitAsync(
                    new WriteBatch().Set(Own(i, racer), $"{racer}").Set(Link(i, racer), $"{racer}").Set(Link(i, racer + 1), $"{racer}"),
                    Version(i));
            }
            catch (DuplicateVersionException refused)
            {
                outcomes[racer] = refused;
            }
        }

        async Task FlushAndEvictAsync()
        {
            await store.FlushAsync();
            store.Evict(0);
        }

        async Task AssertRoundAsync(int i, DuplicateVersionException?[] outcomes)
        {
            var winners = Enumerable.Range(0, Racers).Where(racer => outcomes[racer] is null).ToArray();
            var owners = new Dictionary<string, int>();
            foreach (var winner in winners)
            {
                foreach (var key in (string[])[Own(i, winner), Link(i, winner), Link(i, winner + 1)])
                {
                    owners.TryAdd(key, winner).Should().BeTrue($"{key} of round {i} must have one winner");
                }
            }

            for (var racer = 0; racer < Racers; racer++)
            {
                if (outcomes[racer] is { } refused)
                {
                    refused.Version.Should().Be((CommitVersion)Version(i));
                    owners.Should().ContainKey(Bytes.Text(refused.Key), $"racer {racer} of round {i} must have lost to a winner");
                }
            }

            var found = await StoreTexts.ShowAllAsync(
                store.HistoryAsync(KeyRange.Prefix(Bytes.Of($"{i:D6}/")), CommitVersion.Latest));
            found.Should().BeEquivalentTo(owners.Select(owner => $"{owner.Key}={owner.Value}@{Version(i)}"), $"of round {i}");
        }

        static string Own(int round, int racer) => $"{round:D6}/own{racer}";

        static string Link(int round, int link) => $"{round:D6}/link{link}";

        static ulong Version(int round) => (ulong)(round + 1) * 10;
    }
}
