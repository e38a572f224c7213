using MvStore.GarbageCollection;

namespace MvStore.Tests.GarbageCollection;

/// <summary>Times of versions over several runs: what is stored, what a later run makes of it, and what clocks that are set do to it.</summary>
public sealed class StoredTimesTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly SettableClock _clock = new();

    [Fact]
    public void E3_WhatIsStoredIsReadBack()
    {
        var random = new Random(11);
        for (var run = 0; run < 200; run++)
        {
            var samples = new List<VersionSample>();
            var last = default(VersionSample);
            var widths = new[] { 1L, 1_000, 10_000_000_000, 1L << 50 };
            for (var i = random.Next(1, 300); i > 0; i--)
            {
                var at = new VersionMoment(
                    last.At.Age + random.NextInt64(widths[random.Next(4)]), last.At.Utc + random.NextInt64(widths[random.Next(4)]));
                last = new VersionSample(at, last.Version.Value + (ulong)random.NextInt64(1, widths[random.Next(4)] + 1));
                samples.Add(last);
            }

            var stored = new StoredTimes(last.At, samples);
            var read = StoredTimesCodec.Decode(StoredTimesCodec.Encode(stored));
            read.TakenAt.Should().Be(stored.TakenAt);
            read.Samples.Should().Equal(samples);
        }
    }

    [Fact]
    public void E3_ANoteHoldsTheTimesOfAFullMapWhateverTheVersionsAre()
    {
        var samples = Enumerable.Range(0, VersionTimes.Capacity)
            .Select(i => new VersionSample(new VersionMoment(i * 36_000_000_000L, (i / 2) * 1_000_000_000_000L), ((ulong)i + 1) << 50)).ToArray();
        var bytes = StoredTimesCodec.Encode(new StoredTimes(samples[^1].At, samples));
        bytes.Length.Should().BeLessThanOrEqualTo(TierNote.MaxContentLength);
        var read = StoredTimesCodec.Decode(bytes).Samples;
        read.Should().BeSubsetOf(samples).And.HaveCountGreaterThan(VersionTimes.Capacity / 3);
        read[0].Should().Be(samples[0]);
        read[^1].Should().Be(samples[^1]);
    }

    [Fact]
    public void F3_WhatDoesNotHoldTimesIsDamageOrOtherTimesButNothingElse()
    {
        var random = new Random(3);
        var samples = Enumerable.Range(1, 20).Select(i => new VersionSample(new VersionMoment(i * 1_000, i * 999), (ulong)i)).ToArray();
        var good = StoredTimesCodec.Encode(new StoredTimes(samples[^1].At, samples));
        var damaged = 0;
        for (var run = 0; run < 5_000; run++)
        {
            var bytes = good[..random.Next(good.Length + 1)];
            for (var flips = random.Next(1, 4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                var read = StoredTimesCodec.Decode(bytes);
                read.Samples.Zip(read.Samples.Skip(1)).Where(
                    p => p.First.Version >= p.Second.Version || p.First.At.Age > p.Second.At.Age || p.First.At.Utc > p.Second.At.Utc).Should().BeEmpty();
            }
            catch (PersistentTierException e)
            {
                e.Failure.Should().Be(TierFailure.Damaged);
                damaged++;
            }
        }

        damaged.Should().BeGreaterThan(1_000);
    }

    [Fact]
    public void E3_TimePassesWhileTheStoreIsClosed()
    {
        var first = Open(null, 0);
        Advance(first, 1, Hour);
        var second = Reopen(first, closedFor: Hour, recovered: 1);
        second.VisibleBefore(Hour).Should().Be((CommitVersion)1);
        second.VisibleBefore(Hour + TimeSpan.FromTicks(1)).Should().Be(CommitVersion.Zero);
        Advance(second, 2, Hour);
        second.VisibleBefore(TimeSpan.Zero).Should().Be((CommitVersion)2);
        second.VisibleBefore(2 * Hour).Should().Be((CommitVersion)1);
    }

    [Fact]
    public void E3_ATimeOfDayThatIsSetAgesNothingWhileTheStoreIsOpen()
    {
        var times = Open(null, 0);
        Advance(times, 1, Hour);
        _clock.Utc += TimeSpan.FromDays(365);
        Advance(times, 2, Hour);
        times.VisibleBefore(Hour).Should().Be((CommitVersion)1);
        times.VisibleBefore(Hour + TimeSpan.FromTicks(1)).Should().Be(CommitVersion.Zero);
        _clock.Utc -= TimeSpan.FromDays(365);

        var second = Reopen(times, closedFor: TimeSpan.Zero, recovered: 2);
        second.VisibleBefore(Hour).Should().Be((CommitVersion)1);
        second.VisibleBefore(Hour + TimeSpan.FromTicks(1)).Should().Be(CommitVersion.Zero, "it was set right again, and no age has grown by it");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-50_000)]
    public void E3_ATimeOfDayThatWasSetBackWhileTheStoreWasClosedMakesNothingYoungerOrLost(int hours)
    {
        var times = Open(null, 0);
        Advance(times, 1, Hour);
        var told = _clock.Utc.UtcTicks;
        var second = Reopen(times, closedFor: Hour * hours, recovered: 1);
        second.VisibleBefore(TimeSpan.Zero).Should().Be((CommitVersion)1);
        second.VisibleBefore(TimeSpan.FromTicks(1)).Should().Be(CommitVersion.Zero, "no time is known to have passed");

        Advance(second, 2, Hour / 2);
        second.VisibleAt(told - 1, out var isOver).Should().Be(CommitVersion.Zero);
        isOver.Should().BeTrue();
        second.VisibleAt(told, out isOver).Should().BeNull("time stands still there until it is reached again");
        isOver.Should().BeFalse();
        second.VisibleBefore(Hour / 2).Should().Be((CommitVersion)1);
    }

    [Fact]
    public void E3_WhatIsAboveTheRecoveredVersionIsForgotten()
    {
        var times = Open(null, 0);
        for (ulong version = 1; version <= 5; version++)
        {
            Advance(times, version, Hour);
        }

        var second = Reopen(times, closedFor: Hour, recovered: 3);
        second.Count.Should().Be(4);
        Advance(second, 4, Hour);
        second.VisibleBefore(TimeSpan.FromTicks(1)).Should().Be((CommitVersion)3);
        second.VisibleBefore(TimeSpan.Zero).Should().Be((CommitVersion)4);
    }

    [Fact]
    public void E3_OnlyWhatChangedIsStored()
    {
        var times = Open(null, 0);
        times.TakeChanged().Should().BeNull("a store that has never held anything has nothing to remember");
        Advance(times, 1, Hour);
        times.TakeChanged()!.Samples.Should().HaveCount(2);
        times.TakeChanged().Should().BeNull();
        times.NoteNotStored();
        times.TakeChanged()!.Samples.Should().HaveCount(2);
        Open(StoredOf(times), 1).TakeChanged().Should().BeNull("all of it was stored before");
        Open(StoredOf(times), 2).TakeChanged().Should().NotBeNull("a version was recovered whose time was not");
    }

    private VersionTimes Open(StoredTimes? stored, ulong recovered)
    {
        var times = new VersionTimes(_clock, stored, TimeSpan.Zero);
        times.Begin(recovered);
        return times;
    }

    private VersionTimes Reopen(VersionTimes times, TimeSpan closedFor, ulong recovered)
    {
        var stored = StoredOf(times);
        _clock.Utc += closedFor;
        _clock.Monotonic = 5; // of another process
        return Open(stored, recovered);
    }

    private static StoredTimes StoredOf(VersionTimes times)
    {
        times.NoteNotStored();
        return StoredTimesCodec.Decode(StoredTimesCodec.Encode(times.TakeChanged()!));
    }

    private void Advance(VersionTimes times, ulong version, TimeSpan by)
    {
        _clock.Utc += by;
        _clock.Monotonic += by.Ticks;
        times.Advance(version);
    }

    /// <summary>A clock whose two faces are set apart from each other.</summary>
    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Utc { get; set; } = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public long Monotonic { get; set; } = 1_000;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Utc;

        public override long GetTimestamp() => Monotonic;
    }
}
