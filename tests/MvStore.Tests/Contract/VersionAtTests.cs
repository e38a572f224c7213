using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Reads as of a time of day.</summary>
public sealed class VersionAtTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B1_TheVersionOfATimeIsTheHighestThatWasVisibleThen(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var start = fixture.Clock.GetUtcNow();
        await fixture.Store.SetAsync(5, "a", "five");
        fixture.Clock.Advance(Minute);
        await fixture.Store.SetAsync(9, "a", "nine");
        fixture.Clock.Advance(Minute);

        fixture.Store.VersionAt(start).Should().Be((CommitVersion)5);
        fixture.Store.VersionAt(start + Minute - Tick).Should().Be((CommitVersion)5);
        fixture.Store.VersionAt(start + Minute).Should().Be((CommitVersion)9);
        fixture.Store.VersionAt(start.ToOffset(TimeSpan.FromHours(5))).Should().Be((CommitVersion)5, "a time is the same in every zone");
        using var then = fixture.Store.OpenSnapshotAt(start + Minute - Tick, "then");
        then.Version.Should().Be((CommitVersion)5);
        (await then.ReadAsync("a")).Should().Be("five@5");
        (await fixture.Store.ReadAsync("a", fixture.Store.VersionAt(start + Minute))).Should().Be("nine@9");
    }

    [Fact]
    public async Task B1_ATimeThatIsNotOverIsNow()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(5, "a", "five");
        await fixture.Store.SetAsync(6, "a", "six");
        fixture.Store.VersionAt(fixture.Clock.GetUtcNow()).Should().Be((CommitVersion)6);
        fixture.Store.VersionAt(DateTimeOffset.MaxValue).Should().Be((CommitVersion)6);
    }

    [Fact]
    public async Task B10_ATimeBeforeTheFirstKnownIsATypedError()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        var start = fixture.Clock.GetUtcNow();
        fixture.Clock.Advance(Minute);
        await fixture.Store.SetAsync(5, "a", "five");
        fixture.Store.VersionAt(start).Should().Be(CommitVersion.Zero, "the store was open and empty");
        var failure = fixture.Store.Invoking(s => s.VersionAt(start - Tick)).Should().Throw<UnknownTimeException>().Which;
        failure.Requested.Should().Be(start - Tick);
        failure.Earliest.Should().Be(start);
        fixture.Store.Invoking(s => s.OpenSnapshotAt(DateTimeOffset.MinValue)).Should().Throw<UnknownTimeException>();
    }

    [Fact]
    public async Task B10_ATimeWhoseVersionIsNoLongerKeptIsATypedError()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.GarbageCollection.RetainVersions = 3);
        var start = fixture.Clock.GetUtcNow();
        for (ulong version = 1; version <= 10; version++)
        {
            fixture.Clock.Advance(Minute);
            await fixture.Store.SetAsync(version, "a", "x");
        }

        fixture.Clock.Advance(Minute);
        await fixture.Store.ReclaimAsync();
        fixture.Store.VersionAt(start + (7 * Minute)).Should().Be((CommitVersion)7);
        var failure = fixture.Store.Invoking(s => s.VersionAt(start + (7 * Minute) - Tick)).Should().Throw<BelowFloorException>().Which;
        (failure.Requested, failure.Floor).Should().Be(((CommitVersion)6, (CommitVersion)7));
    }

    [Fact]
    public async Task B10_AStoreThatRemembersNoTimesSaysSo()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.GarbageCollection.TimeResolution = Timeout.InfiniteTimeSpan);
        await fixture.Store.SetAsync(5, "a", "five");
        fixture.Store.Invoking(s => s.VersionAt(fixture.Clock.GetUtcNow())).Should().Throw<UnknownTimeException>().Which.Earliest.Should().BeNull();
    }

    [Fact]
    public async Task B10_OfAPeriodAllVersionsThatOneOfItsTimesNamesCanBeReadTogether()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.GarbageCollection.RetainAge = 10 * Minute);
        for (ulong version = 1; version <= 60; version++)
        {
            fixture.Clock.Advance(Minute / 2);
            await fixture.Store.SetAsync(version, "a", $"{version}");
            await fixture.Store.FlushAsync().Guarded();
            await fixture.Store.ReclaimAsync();
            var oldest = fixture.Store.VersionAt(fixture.Clock.GetUtcNow() - (10 * Minute) < Start(version) ? Start(version) : fixture.Clock.GetUtcNow() - (10 * Minute));
            oldest.Should().BeGreaterThanOrEqualTo(fixture.Store.GetFloor(), "the floor of an age is what was visible that long ago");
        }

        DateTimeOffset Start(ulong version) => fixture.Clock.GetUtcNow() - (version * Minute / 2);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory, 1, 0)]
    [InlineData(StoreStorage.InMemory, 2, 100)]
    [InlineData(StoreStorage.InMemory, 3, 5_000)]
    [InlineData(StoreStorage.Sqlite, 4, 0)]
    public async Task B1_TheVersionOfATimeIsThatOfTheModelOverCommitsReopeningsAndCrashes(StoreStorage storage, int seed, int resolution)
    {
        var random = new Random(seed);
        await using var fixture = await StoreFixture.OpenAsync(
            storage, o => o.GarbageCollection.TimeResolution = TimeSpan.FromMilliseconds(resolution));
        var period = TimeSpan.FromMilliseconds(resolution);
        var lag = 2 * period; // the clock moves in steps of a period, and a timer that is due within one fires at its end
        var begin = fixture.Clock.GetUtcNow();
        await fixture.Store.SetAsync(1, "a", "1");
        var model = new List<(DateTimeOffset At, ulong Version)> { (begin, 1) };
        ulong next = 1;
        for (var step = 0; step < 150; step++)
        {
            Advance(TimeSpan.FromMilliseconds(random.Next(0, 3_000)));
            switch (random.Next(12))
            {
                case 0:
                    await fixture.ReopenAsync();
                    break;

                case 1:
                    // Everything durable, and its times stored: then nothing is lost but exactness, which is checked apart.
                    await fixture.Store.FlushAsync().Guarded();
                    Advance(Minute + lag);
                    await fixture.Store.ReclaimAsync();
                    await fixture.CrashAsync();
                    break;

                default:
                    next += (ulong)random.Next(1, 5);
                    await fixture.Store.SetAsync(next, "a", $"{next}");
                    model.Add((fixture.Clock.GetUtcNow(), next));
                    break;
            }

            for (var query = 0; query < 5; query++)
            {
                var now = fixture.Clock.GetUtcNow();
                var time = begin + TimeSpan.FromTicks(random.NextInt64((now - begin).Ticks + 1));
                var found = fixture.Store.VersionAt(time).Value;
                found.Should().BeLessThanOrEqualTo(VersionIn(model, time), "it must have been visible at {0}", time);
                found.Should().BeGreaterThanOrEqualTo(VersionIn(model, time - lag), "at a resolution of {0}", period);
            }
        }

        void Advance(TimeSpan by)
        {
            for (var left = by; left > TimeSpan.Zero; left -= period)
            {
                fixture.Clock.Advance(period > TimeSpan.Zero && left > period ? period : left);
                if (period == TimeSpan.Zero)
                {
                    return;
                }
            }
        }
    }

    private static ulong VersionIn(List<(DateTimeOffset At, ulong Version)> model, DateTimeOffset time)
        => model.FindLast(m => m.At <= time).Version;
}
