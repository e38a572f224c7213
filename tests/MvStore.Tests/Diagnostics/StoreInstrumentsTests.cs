using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using MvStore.Tests.Architecture;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Diagnostics;

/// <summary>What a store tells those who collect measurements and activities.</summary>
public sealed class StoreInstrumentsTests
{
    [Fact]
    public async Task WhatIsInMemoryAndWhatWaitsIsObserved()
    {
        using var collector = new MeasurementCollector(nameof(WhatIsInMemoryAndWhatWaitsIsObserved));
        await using var fixture = await OpenAsync(nameof(WhatIsInMemoryAndWhatWaitsIsObserved));
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "2"), 1).Guarded();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "3"), 2).Guarded();
        using var snapshot = fixture.Store.OpenSnapshot(2, "reader");
        fixture.Clock.Advance(TimeSpan.FromSeconds(90));

        collector.Collect().Should().Contain([
            "mvstore.commits 2",
            "mvstore.buffer.keys 2",
            "mvstore.buffer.versions{mvstore.entry.family=multi} 3",
            "mvstore.durable.lag 2",
            "mvstore.flush.lag 2",
            $"mvstore.flush.backlog {"a1b2a3".Length}",
            "mvstore.snapshots 1",
            "mvstore.snapshots.oldest 90",
            "mvstore.stalls{mvstore.stall.reason=memory} 0",
            $"mvstore.memory.usage {fixture.Store.GetStatistics().MemoryBytes}",
        ]);
        await fixture.Store.FlushAsync().Guarded();
        collector.Collect().Should().Contain(["mvstore.commits 2", "mvstore.durable.lag 0", "mvstore.flush.lag 0", "mvstore.flush.backlog 0"]);
    }

    [Fact]
    public async Task FlushesAreRecordedWithTriggerAndOutcome()
    {
        using var collector = new MeasurementCollector(nameof(FlushesAreRecordedWithTriggerAndOutcome));
        await using var fixture = await OpenAsync(nameof(FlushesAreRecordedWithTriggerAndOutcome));
        await fixture.Store.SetAsync(10, "a", "1");
        fixture.Tier.FailNextApplies(TierFailure.Transient, 1);
        var flush = fixture.Store.FlushAsync().AsTask();
        await fixture.Clock.TimerStartedAsync(due => due <= TimeSpan.FromSeconds(1), 1).Guarded();
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await flush.Guarded();
        fixture.Store.Evict(0);
        (await fixture.Store.GetAsync("a"u8, 10).Guarded()).Should().NotBeNull();
        (await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(10), 10).Guarded()).Rows.Should().HaveCount(1);

        collector.Collect().Should().Contain([
            "mvstore.flush.duration{mvstore.flush.trigger=request,mvstore.flush.outcome=failed} 0",
            "mvstore.flush.duration{mvstore.flush.trigger=request,mvstore.flush.outcome=completed} 0",
            "mvstore.flush.rows{mvstore.flush.trigger=request} 1",
            "mvstore.flush.io{mvstore.flush.trigger=request} 2",
            "mvstore.tier.reads{mvstore.tier.operation=get} 1",
            "mvstore.tier.reads{mvstore.tier.operation=scan} 1",
        ]);
    }

    [Fact]
    public async Task RunsOfReclamationAreRecorded()
    {
        using var collector = new MeasurementCollector(nameof(RunsOfReclamationAreRecorded));
        await using var fixture = await OpenAsync(nameof(RunsOfReclamationAreRecorded), StoreStorage.None, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.SetAsync(2, "a", "22");
        var report = await fixture.Store.ReclaimAsync().Guarded();

        collector.Collect().Should().Contain([
            "mvstore.gc.duration 0",
            $"mvstore.gc.scanned {report.ScannedVersions}",
            "mvstore.gc.reclaimed 1",
            $"mvstore.gc.freed {report.ReclaimedBytes}",
        ]);
    }

    [Fact]
    public async Task KeysThatExpireAreRecorded()
    {
        using var collector = new MeasurementCollector(nameof(KeysThatExpireAreRecorded));
        await using var expiring = await ExpiringStore.OpenAsync(
            StoreStorage.None, new TimeToLive(TimeSpan.FromMinutes(10)), options => options.Name = nameof(KeysThatExpireAreRecorded));
        await expiring.SetAsync("o1");
        await expiring.SetAsync("o2");
        expiring.Pass(minutes: 10);
        await expiring.ExpireAsync();
        collector.Collect().Should().Contain("mvstore.gc.expired 2");
    }

    [Fact]
    public async Task D7_ACollectorThatThrowsHarmsNobodyAndIsLogged()
    {
        var throws = false;
        using var collector = new MeasurementCollector(nameof(D7_ACollectorThatThrowsHarmsNobodyAndIsLogged), () =>
        {
            if (Volatile.Read(ref throws))
            {
                throw new InvalidOperationException("The collector is broken.");
            }
        });
        await using var fixture = await OpenAsync(nameof(D7_ACollectorThatThrowsHarmsNobodyAndIsLogged));
        await fixture.Store.SetAsync(1, "a", "1");
        Volatile.Write(ref throws, true);
        await fixture.Store.FlushAsync().Guarded();
        await fixture.Store.ReclaimAsync().Guarded();
        await fixture.Store.SetAsync(2, "a", "2");
        await fixture.Store.FlushAsync().Guarded();
        Volatile.Write(ref throws, false);

        fixture.Store.GetStatistics().UnflushedCommits.Should().Be(0);
        fixture.Log.Entries.Count(e => e.Id == 1302).Should().Be(3, "two flushes and a run of reclamation");
    }

    [Fact]
    public async Task AClosedStoreOffersNothingMore()
    {
        using var collector = new MeasurementCollector(nameof(AClosedStoreOffersNothingMore));
        await using var fixture = await OpenAsync(nameof(AClosedStoreOffersNothingMore));
        collector.Instruments.Should().NotBeEmpty();
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.DisposeAsync().Guarded();

        collector.Instruments.Should().BeEmpty();
        collector.Collect().Should().Contain("mvstore.flush.duration{mvstore.flush.trigger=dispose,mvstore.flush.outcome=completed} 0");
    }

    [Fact]
    public async Task TheMeterIsMadeByTheHostsFactory()
    {
        using var factory = new RecordingFactory();
        await using var fixture = await StoreFixture.OpenAsync(build: b => b.UseMeterFactory(factory));
        var asked = factory.Asked.Should().ContainSingle().Subject;
        asked.Name.Should().Be(MvStoreTelemetry.MeterName);
        asked.Tags!.Single().Should().Be(new KeyValuePair<string, object?>("mvstore.store.name", "mvstore"));
    }

    [Fact]
    public async Task FlushesReclamationAndOpeningAreActivitiesOfNobodyElse()
    {
        const string Name = nameof(FlushesReclamationAndOpeningAreActivitiesOfNobodyElse);
        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MvStoreTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (ended)
                {
                    ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var request = new Activity("the host's request").Start();
        await using (var fixture = await OpenAsync(Name))
        {
            await fixture.Store.SetAsync(1, "a", "1");
            await fixture.Store.FlushAsync().Guarded();
            await fixture.Store.ReclaimAsync().Guarded();
        }

        Activity.Current.Should().BeSameAs(request);
        lock (ended)
        {
            var own = ended.Where(a => (string?)a.GetTagItem("mvstore.store.name") == Name).ToArray();
            own.Select(a => a.OperationName).Should().Equal("mvstore.open", "mvstore.flush", "mvstore.reclaim");
            own[0].Parent.Should().BeSameAs(request, "who opens a store waits for it");
            own[1..].Should().OnlyContain(a => a.Parent == null);
        }
    }

    [Fact]
    public async Task TheReadmeListsEveryInstrument()
    {
        using var collector = new MeasurementCollector(nameof(TheReadmeListsEveryInstrument));
        await using var fixture = await OpenAsync(nameof(TheReadmeListsEveryInstrument), StoreStorage.Sqlite);
        var listed = Regex.Matches(Repository.Read("README.md"), @"^\| `(mvstore\.[a-z.]+)` \| ([^|]+) \|", RegexOptions.Multiline)
            .Select(m => (m.Groups[1].Value, m.Groups[2].Value));

        collector.Instruments.Select(i => (i.Name, i.Unit!)).Should().BeEquivalentTo(listed);
    }

    private static Task<StoreFixture> OpenAsync(
        string name,
        StoreStorage storage = StoreStorage.InMemory,
        Action<MvStoreOptions>? configure = null)
        => StoreFixture.OpenAsync(storage, o =>
        {
            o.Name = name;
            configure?.Invoke(o);
        });

    private sealed class RecordingFactory : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public List<MeterOptions> Asked { get; } = [];

        public Meter Create(MeterOptions options)
        {
            Asked.Add(options);
            _meters.Add(new Meter(options));
            return _meters[^1];
        }

        public void Dispose() => _meters.ForEach(m => m.Dispose());
    }
}
