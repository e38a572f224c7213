using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract D1 and D2: what is committed is visible before any flush, and what starts a flush.</summary>
public sealed class FlushTriggerTests
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task D1_ACommittedRowIsVisibleToEveryKindOfReadBeforeAnyFlush(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var store = fixture.Store;
        for (ulong version = 1; version <= 3; version++)
        {
            await store.CommitAsync(new WriteBatch().Set("a", $"{version}"), version);
            var row = $"{version}@{version}";
            (await store.ReadAsync("a")).Should().Be(row);
            (await store.ReadAsync("a", version)).Should().Be(row);
            (await store.ContainsAsync(Bytes.Of("a"), version)).Should().BeTrue();
            (await store.GetManyAsync([Bytes.Of("a")], version)).Select(StoreTexts.ShowWithKey).Should().Equal($"a={row}");
            StoreTexts.Show((await store.GetPreviousAsync(Bytes.Of("a"), version + 1)).Row).Should().Be(row);
            (await store.ScanAllAsync(version)).Should().Equal($"a={row}");
            (await store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 10)).Rows.Select(StoreTexts.ShowWithKey).Should().Equal($"a={row}");
            (await store.HistoryAsync("a")).Should().HaveElementAt(0, row);
            using var snapshot = store.OpenSnapshot(CommitVersion.Latest);
            (await snapshot.ReadAsync("a")).Should().Be(row);
            store.VisibleVersion.Should().Be((CommitVersion)version);
        }

        if (storage != StoreStorage.None)
        {
            fixture.Tier.Attempts.Should().Be(0);
        }
    }

    [Fact]
    public async Task D1_ACommittedRowIsVisibleWhileAFlushIsUnderWay()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        using var hold = fixture.Tier.HoldApplies();
        var flush = fixture.Store.FlushAsync().AsTask();
        await hold.Reached.Guarded();
        await fixture.Store.SetAsync(20, "a", "2");

        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@20", "a=1@10");
        hold.Release();
        await flush.Guarded();
    }

    [Fact]
    public async Task D2_BytesTriggerAFlush()
    {
        var (fixture, events) = await OpenAsync(o => o.Flush.MaxBytes = 30);
        await using (fixture)
        {
            await fixture.Store.SetAsync(1, "key1", "value");
            await fixture.Store.SetAsync(2, "key2", "value");
            await fixture.Store.SetAsync(3, "key3", "value");
            await fixture.Store.SetAsync(4, "key4", "value");

            await AssertCompletedAsync(events, FlushTrigger.Bytes, commits: 4);
        }
    }

    [Fact]
    public async Task D2_EntriesTriggerAFlush()
    {
        var (fixture, events) = await OpenAsync(o => o.Flush.MaxEntries = 4);
        await using (fixture)
        {
            await fixture.Store.SetAsync(1, "a", "1");
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2").Remove("b"), 2).Guarded();
            await fixture.Store.SetAsync(3, "a", "3");

            await AssertCompletedAsync(events, FlushTrigger.Entries, commits: 3);
        }
    }

    [Fact]
    public async Task D2_TheAgeOfTheOldestCommitTriggersAFlush()
    {
        var (fixture, events) = await OpenAsync(o => o.Flush.MaxAge = MaxAge);
        await using (fixture)
        {
            await fixture.Store.SetAsync(1, "a", "1");
            await fixture.Clock.TimerStartedAsync(due => due > TimeSpan.Zero && due <= MaxAge).Guarded();
            fixture.Clock.Advance(MaxAge - TimeSpan.FromTicks(1));
            await fixture.Store.SetAsync(2, "a", "2");
            fixture.Tier.Attempts.Should().Be(0, "the oldest commit is younger than that");

            fixture.Clock.Advance(TimeSpan.FromTicks(1));

            await AssertCompletedAsync(events, FlushTrigger.Age, commits: 2);
        }
    }

    [Fact]
    public async Task D2_TheAgeIsCountedAnewAfterEachFlush()
    {
        var (fixture, events) = await OpenAsync(o => o.Flush.MaxAge = MaxAge);
        await using (fixture)
        {
            for (ulong round = 1; round <= 3; round++)
            {
                await fixture.Store.SetAsync(round, "a", "1");
                fixture.Clock.Advance(MaxAge);
                var completed = await events.NextAsync(FlushStage.Completed).Guarded();
                completed.Trigger.Should().Be(FlushTrigger.Age);
                completed.FirstSequence.Should().Be(round);
            }

            // Nothing is waiting, so nothing comes of age.
            fixture.Clock.Advance(MaxAge * 10);
            await fixture.Store.FlushAsync().Guarded();
            fixture.Tier.Attempts.Should().Be(3);
        }
    }

    [Theory]
    [InlineData("flush")]
    [InlineData("durable commit")]
    [InlineData("wait")]
    public async Task D2_ARequestTriggersAFlush(string request)
    {
        var (fixture, events) = await OpenAsync();
        await using (fixture)
        {
            await fixture.Store.SetAsync(1, "a", "1");
            await (request switch
            {
                "flush" => fixture.Store.FlushAsync().Guarded(),
                "wait" => fixture.Store.WaitForDurableAsync(1).Guarded(),
                _ => fixture.Store.CommitAsync(new WriteBatch(), 2, Durability.Durable).Guarded(),
            });

            await AssertCompletedAsync(events, FlushTrigger.Request, commits: request == "durable commit" ? 2 : 1);
        }
    }

    [Fact]
    public async Task D2_DisposingTriggersAFlush()
    {
        var (fixture, events) = await OpenAsync();
        await using (fixture)
        {
            await fixture.Store.SetAsync(1, "a", "1");
            await fixture.Store.DisposeAsync().Guarded();

            await AssertCompletedAsync(events, FlushTrigger.Dispose, commits: 1);
        }
    }

    [Fact]
    public async Task D2_OfSeveralTriggersTheFirstOfTheListIsNamed()
    {
        var (fixture, events) = await OpenAsync(o =>
        {
            o.Flush.MaxBytes = 30;
            o.Flush.MaxEntries = 2;
            o.Flush.MaxAge = MaxAge;
        });
        await using (fixture)
        {
            // While one flush is held, everything comes due at once.
            using var hold = fixture.Tier.HoldApplies();
            var flush = fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 1, Durability.Durable).AsTask();
            await hold.Reached.Guarded();
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2").Set("b", "2").Set("c", "long enough to be over the limit"), 2).Guarded();
            fixture.Clock.Advance(MaxAge * 2);
            hold.Release();
            await flush.Guarded();

            (await events.NextAsync(FlushStage.Completed).Guarded()).Trigger.Should().Be(FlushTrigger.Request);
            (await events.NextAsync(FlushStage.Completed).Guarded()).Trigger.Should().Be(FlushTrigger.Bytes);
        }
    }

    [Fact]
    public async Task D2_ATriggerWhoseCauseIsGoneDoesNotNameAFlush()
    {
        var (fixture, events) = await OpenAsync(o =>
        {
            o.Flush.MaxBytes = 30;
            o.Flush.MaxEntries = 3;
        });
        await using (fixture)
        {
            // While one flush is held, what it takes counts: with it, both limits are reached; without it, only one is.
            using var hold = fixture.Tier.HoldApplies();
            var flush = fixture.Store.CommitAsync(new WriteBatch().Set("a", new string('x', 28)), 1, Durability.Durable).AsTask();
            await hold.Reached.Guarded();
            await fixture.Store.CommitAsync(new WriteBatch().Set("b", "2").Set("c", "2").Set("d", "2"), 2).Guarded();
            hold.Release();
            await flush.Guarded();

            (await events.NextAsync(FlushStage.Completed).Guarded()).Trigger.Should().Be(FlushTrigger.Request);
            (await events.NextAsync(FlushStage.Completed).Guarded()).Trigger.Should().Be(FlushTrigger.Entries);
        }
    }

    [Fact]
    public async Task D2_TriggersWhoseCauseIsGoneDoNotFlush()
    {
        var (fixture, events) = await OpenAsync(o =>
        {
            o.Flush.MaxBytes = 30;
            o.Flush.MaxEntries = 3;
            o.Flush.MaxAge = MaxAge;
        });
        await using (fixture)
        {
            // The flush that is held takes what makes every limit be reached, and leaves one small commit, which is new. Nobody asks for it: a request that
            // comes a moment after the commit has reached a limit would stand, and take the small one.
            using var hold = fixture.Tier.HoldApplies();
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", new string('x', 28)).Set("b", "1"), 1).Guarded();
            await hold.Reached.Guarded();
            fixture.Clock.Advance(MaxAge);
            await fixture.Store.SetAsync(2, "c", "2");
            hold.Release();
            (await events.NextAsync(FlushStage.Completed).Guarded()).Trigger.Should().Be(FlushTrigger.Bytes);

            // The timer was started for the first commit, for the second when the first left, and once more when its age was found not due:
            // by then the flusher has looked at everything that was raised.
            var next = events.NextAsync(FlushStage.Started);
            var looked = fixture.Clock.TimerStartedAsync(due => due == MaxAge, count: 3);
            (await Task.WhenAny(next, looked).Guarded()).Should().BeSameAs(looked, "nothing is due");
            fixture.Tier.Attempts.Should().Be(1);

            fixture.Clock.Advance(MaxAge);
            var started = await next.Guarded();
            started.Trigger.Should().Be(FlushTrigger.Age, "it was put off, not forgotten");
            started.FirstSequence.Should().Be(2);
        }
    }

    [Fact]
    public async Task D2_NothingElseTriggersAFlush()
    {
        var (fixture, events) = await OpenAsync();
        await using (fixture)
        {
            for (ulong version = 1; version <= 1_000; version++)
            {
                await fixture.Store.SetAsync(version, "a", "1");
            }

            fixture.Clock.Advance(TimeSpan.FromDays(1_000));
            fixture.Store.Evict(0);
            await fixture.Store.ReclaimAsync().Guarded();
            await fixture.Store.FlushAsync().Guarded();

            await AssertCompletedAsync(events, FlushTrigger.Request, commits: 1_000);
        }
    }

    private static async Task<(StoreFixture Fixture, FlushRecorder Events)> OpenAsync(Action<MvStoreOptions>? configure = null)
    {
        var events = new FlushRecorder();
        return (await StoreFixture.OpenAsync(configure: configure, build: b => b.AddFlushListener(events)), events);
    }

    /// <summary>The first flush took all commits. Had another one come before, it would have begun at the first of them.</summary>
    private static async Task AssertCompletedAsync(FlushRecorder events, FlushTrigger trigger, int commits)
    {
        var completed = await events.NextAsync(FlushStage.Completed).Guarded();
        completed.Trigger.Should().Be(trigger);
        completed.FirstSequence.Should().Be(1);
        completed.Commits.Should().Be(commits);
    }
}
