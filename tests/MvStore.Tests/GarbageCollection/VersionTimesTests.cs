using MvStore.GarbageCollection;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.GarbageCollection;

/// <summary>When which version was visible, exactly while it is recent, within a fraction of its age afterwards, never too new.</summary>
public sealed class VersionTimesTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void E3_AMomentIsToldExactlyWhileThereIsRoom()
    {
        var times = Begun(5);
        Advance(times, TimeSpan.FromSeconds(10), 7);
        Advance(times, TimeSpan.FromSeconds(10), 9);

        times.VisibleBefore(TimeSpan.Zero).Should().Be((CommitVersion)9);
        times.VisibleBefore(TimeSpan.FromTicks(1)).Should().Be((CommitVersion)7);
        times.VisibleBefore(TimeSpan.FromSeconds(10)).Should().Be((CommitVersion)7);
        times.VisibleBefore(TimeSpan.FromSeconds(10) + TimeSpan.FromTicks(1)).Should().Be((CommitVersion)5);
        times.VisibleBefore(TimeSpan.FromSeconds(20)).Should().Be((CommitVersion)5, "what was recovered counts as committed at opening");
        times.VisibleBefore(TimeSpan.FromSeconds(20) + TimeSpan.FromTicks(1)).Should().Be(CommitVersion.Zero);
        times.VisibleBefore(TimeSpan.MaxValue).Should().Be(CommitVersion.Zero);
    }

    [Fact]
    public void E3_WhatBecomesVisibleInOneInstantIsOneSample()
    {
        var times = Begun(CommitVersion.Zero);
        for (ulong version = 1; version <= 100; version++)
        {
            times.Advance(version);
            times.Advance(version);
        }

        times.Count.Should().Be(1);
        times.VisibleBefore(TimeSpan.Zero).Should().Be((CommitVersion)100);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(1_000_000)]
    public void E3_MemoryIsBoundedAndNoMomentIsToldTooNewOrFarTooOld(long step)
    {
        var random = new Random(7);
        var start = _clock.GetTimestamp();
        var times = Begun(CommitVersion.Zero);
        var visibleAt = new List<long> { 0 };
        for (ulong version = 1; version <= 50_000; version++)
        {
            _clock.Advance(TimeSpan.FromTicks(random.NextInt64(1, step * 2)));
            times.Advance(version);
            visibleAt.Add(_clock.GetElapsedTime(start).Ticks);
            times.Count.Should().BeLessThanOrEqualTo(VersionTimes.Capacity);
        }

        var now = visibleAt[^1];
        for (var query = 0; query < 2_000; query++)
        {
            var age = random.NextInt64(0, now);
            var found = times.VisibleBefore(TimeSpan.FromTicks(age));
            visibleAt[(int)found.Value].Should().BeLessThanOrEqualTo(now - age, "what was not visible that long ago must not be told");
            var lag = now - age - visibleAt[(int)found.Value];
            lag.Should().BeLessThanOrEqualTo((age / 36) + (step * 4) + 64, $"at an age of {age}");
        }
    }

    [Fact]
    public void E3_CoarselyTheFirstVersionIsTimedAtOnceAndTheOthersWhenTheTimeIsUp()
    {
        var visible = CommitVersion.Zero;
        VersionTimes? times = null;
        times = new VersionTimes(_clock, null, TimeSpan.FromSeconds(1), () => times!.Look(visible));
        times.Begin(visible);
        Publish(TimeSpan.FromSeconds(9), 1);
        Publish(TimeSpan.FromSeconds(0.4), 2);
        Publish(TimeSpan.FromSeconds(0.4), 3);
        times.Count.Should().Be(2, "the version of the opening, and the first one");
        times.VisibleBefore(TimeSpan.Zero).Should().Be((CommitVersion)1);

        _clock.Advance(TimeSpan.FromSeconds(0.2));
        times.VisibleBefore(TimeSpan.Zero).Should().Be((CommitVersion)3, "nobody commits any more, and it is timed all the same");
        _clock.Advance(TimeSpan.FromSeconds(5));
        times.VisibleBefore(TimeSpan.FromSeconds(5)).Should().Be((CommitVersion)3);
        times.VisibleBefore(TimeSpan.FromSeconds(5) + TimeSpan.FromTicks(1)).Should().Be((CommitVersion)1);

        Publish(TimeSpan.Zero, 4);
        times.VisibleBefore(TimeSpan.Zero).Should().Be((CommitVersion)4, "it was quiet before");
        times.Dispose();
        Publish(TimeSpan.Zero, 5);
        times.Look(visible);
        times.VisibleBefore(TimeSpan.Zero).Should().Be((CommitVersion)5, "what is stored last is whole");

        void Publish(TimeSpan after, ulong version)
        {
            _clock.Advance(after);
            visible = version;
            times!.Advance(version);
        }
    }

    private VersionTimes Begun(CommitVersion recovered)
    {
        var times = new VersionTimes(_clock, null, TimeSpan.Zero);
        times.Begin(recovered);
        return times;
    }

    private void Advance(VersionTimes times, TimeSpan by, ulong version)
    {
        _clock.Advance(by);
        times.Advance(version);
    }
}
