using MvStore.GarbageCollection;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.GarbageCollection;

/// <summary>In which zones of keys a run looks for what is over, and that none is forgotten (I44; contract E6).</summary>
public sealed class ExpiryZonesTests : IDisposable
{
    private static readonly (TimeSpan, TimeToLiveStart) Hour = (TimeSpan.FromHours(1), TimeToLiveStart.LastUpdate);

    private readonly ManualClock _clock = new();
    private readonly VersionTimes _times;
    private readonly ExpiryZones _zones = new();

    public ExpiryZonesTests()
    {
        _times = new VersionTimes(_clock, null, TimeSpan.Zero);
        _times.Begin(CommitVersion.Zero);
    }

    public void Dispose() => _times.Dispose();

    [Fact]
    public void E6_AZoneIsLookedAtAgainWhenItsFirstKeyCanBeOver()
    {
        Publish(10);
        Begin();
        Split("f", alive: 10, published: 10);
        Split("m", alive: 7, published: 10);
        Complete(alive: 9, published: 10);
        DueRanges().Should().BeEmpty("no time has passed");

        _clock.Advance(TimeSpan.FromMinutes(30));
        Publish(20);
        DueRanges().Should().BeEmpty("nothing is an hour old");
        _clock.Advance(TimeSpan.FromMinutes(30));
        DueRanges().Should().HaveCount(3, "the last of the three is due at publication 10, which is an hour old");
    }

    [Fact]
    public void E6_OnlyZonesThatAreDueAreLookedAtEachOnceBeginningWhereTheLastRunEnded()
    {
        Publish(10);
        _clock.Advance(TimeSpan.FromMinutes(30));
        Publish(20);
        Begin();
        Split("f", alive: 15, published: 20);
        Split("m", alive: 10, published: 20);
        Split("s", alive: 18, published: 20);
        Complete(alive: 10, published: 20);
        _clock.Advance(TimeSpan.FromMinutes(30));

        // Over is up to publication 10.
        Begin();
        Text(_zones.Next()).Should().Be("(f, m]");
        _zones.Complete(2_000, Alive(30), 20);
        Begin();
        Text(_zones.Next()).Should().Be("(s, ...");
        _zones.Complete(2_000, Alive(30), 20);
        _zones.Next().Should().BeNull();
        _clock.Advance(TimeSpan.FromMinutes(30));
        DueRanges().Should().Equal("(..., f]", "(m, s]");
    }

    [Fact]
    public void E6_WhatWasPublishedSinceAZoneWasLookedAtMakesItDueInTime()
    {
        Publish(10);
        Begin();
        _zones.Next().Should().NotBeNull();
        _zones.Complete(0, [], published: 10);
        _clock.Advance(TimeSpan.FromHours(5));
        DueRanges().Should().BeEmpty("it had no key that lives for a time, and nothing was published");
        Publish(11);
        _clock.Advance(TimeSpan.FromHours(1));
        DueRanges().Should().HaveCount(1);
    }

    [Fact]
    public void E5_OtherTermsMakeEveryZoneDue()
    {
        Publish(10);
        Begin();
        Split("f", alive: 10, published: 10);
        Complete(alive: 10, published: 10);
        DueRanges().Should().BeEmpty();
        _zones.Begin(TermsOf(TimeSpan.FromHours(2)));
        _zones.Next().Should().NotBeNull();
        _zones.Complete(2_000, [], 10);
        _zones.Next().Should().NotBeNull();
    }

    [Fact]
    public void E5_AKindThatChangesToATermThatThereWasMakesEveryZoneDue()
    {
        Publish(10);
        var hour = new Retention { TimeToLive = new TimeToLive(TimeSpan.FromHours(1)) };
        var day = new Retention { TimeToLive = new TimeToLive(TimeSpan.FromDays(1)) };
        _zones.Begin(new ExpiryTerms(new RetentionPlan(day, [new(EntryKind.Operator(1), hour), new(EntryKind.Operator(2), day)]), _times));
        _zones.Next().Should().NotBeNull();
        _zones.Complete(2_000, [], published: 10);
        _zones.Begin(new ExpiryTerms(new RetentionPlan(day, [new(EntryKind.Operator(1), hour), new(EntryKind.Operator(2), hour)]), _times));
        _zones.Next().Should().NotBeNull();
    }

    [Fact]
    public void E6_TheirNumberIsBoundedAndNeighboursWithFewKeysBecomeOne()
    {
        Publish(10);
        Begin();
        _zones.Next();
        for (ulong key = 0; key < 3 * ExpiryZones.Most; key++)
        {
            _zones.Split(Bytes.Of(key), 1_024, Alive(10), 10);
        }

        _zones.Complete(1_024, Alive(10), 10);
        var keysPerZone = _zones.KeysPerZone;
        Begin();
        _zones.Count.Should().BeLessThanOrEqualTo(ExpiryZones.Most);
        _zones.KeysPerZone.Should().BeGreaterThan(keysPerZone);

        // Everything went: they become one as they are looked at.
        _clock.Advance(TimeSpan.FromHours(1));
        for (var run = 0; run < 20; run++)
        {
            Begin();
            while (_zones.Next() is not null)
            {
                _zones.Complete(0, Alive(0), 20);
            }
        }

        _zones.Count.Should().Be(1);
    }

    private static Dictionary<(TimeSpan, TimeToLiveStart), ulong> Alive(ulong first) => new() { [Hour] = first };

    private static RetentionPlan PlanOf(TimeSpan life) => new(new Retention { TimeToLive = new TimeToLive(life) }, []);

    private static string Text(KeyRange? range)
        => range is { } r
            ? $"({(r.Start is { } start ? Bytes.Text(start) : "...")}, {(r.End is { } end ? Bytes.Text(end) + "]" : "...")}"
            : "none";

    private ExpiryTerms TermsOf(TimeSpan life) => new(PlanOf(life), _times);

    private void Publish(ulong sequence) => _times.Advance(sequence);

    private void Begin() => _zones.Begin(TermsOf(TimeSpan.FromHours(1)));

    private void Split(string end, ulong alive, ulong published)
    {
        _zones.Next().Should().NotBeNull();
        _zones.Split(Bytes.Of(end), 2_000, Alive(alive), published);
    }

    private void Complete(ulong alive, ulong published) => _zones.Complete(2_000, Alive(alive), published);

    /// <summary>The zones that are due, in the order of their keys; as they are looked at, they stay due.</summary>
    private List<string> DueRanges()
    {
        Begin();
        var ranges = new List<string>();
        while (_zones.Next() is { } range)
        {
            ranges.Add(Text(range));
            _zones.Complete(2_000, Alive(0), 0);
        }

        return [.. ranges.OrderBy(range => range.Contains("(...", StringComparison.Ordinal) ? string.Empty : range, StringComparer.Ordinal)];
    }
}
