using MvStore.Tool.Storing;

namespace MvStore.Tool.Tests.Storing;

public class ReadPointTests
{
    // Two hours ahead of UTC in winter, three in summer: from 2:00 to 3:00 on 29 March, from 4:00 back to 3:00 on 25 October.
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone(
        "Test",
        TimeSpan.FromHours(2),
        "Test",
        "Test",
        "Test in summer",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                new DateTime(2026, 1, 1),
                new DateTime(2026, 12, 31),
                TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 29),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 4, 0, 0), 10, 25)),
        ]);

    [Theory]
    [InlineData("1", 1UL)]
    [InlineData("20261123", 20261123UL)]
    [InlineData("9223372036854775807", 9223372036854775807UL)]
    public void Digits_alone_are_a_version(string text, ulong version)
        => ReadPoint.Find(text, Zone, out _).Should().Be(new ReadPoint(version, null));

    [Theory]
    [InlineData("2026-11-23T10:00:00Z", "2026-11-23T10:00:00.0000000+00:00")]
    [InlineData("2026-11-23 10:00:00Z", "2026-11-23T10:00:00.0000000+00:00")]
    [InlineData("2026-11-23T10:00Z", "2026-11-23T10:00:00.0000000+00:00")]
    [InlineData("2026-11-23T10:00:00.25Z", "2026-11-23T10:00:00.2500000+00:00")]
    [InlineData("2026-11-23T10:00:00+05:30", "2026-11-23T10:00:00.0000000+05:30")]
    [InlineData("2026-11-23T10:00-08:00", "2026-11-23T10:00:00.0000000-08:00")]
    [InlineData("2026-11-23Z", "2026-11-23T00:00:00.0000000+00:00")]
    [InlineData("2026-11-23", "2026-11-23T00:00:00.0000000+02:00")]
    [InlineData("2026-11-23T10:00", "2026-11-23T10:00:00.0000000+02:00")]
    [InlineData("2026-07-01 10:00:00", "2026-07-01T10:00:00.0000000+03:00")]
    public void A_time_is_in_its_offset_or_the_local_time_zone(string text, string time)
    {
        var found = ReadPoint.Find(text, Zone, out _);

        found!.Value.Version.Should().BeNull();
        found.Value.Time!.Value.ToString("O").Should().Be(time);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999")]
    public void Numbers_that_are_no_versions_say_what_is_one(string text)
    {
        ReadPoint.Find(text, Zone, out var problem).Should().BeNull();
        problem.Should().Contain(text).And.Contain("from 1 to 9223372036854775807");
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("yesterday")]
    [InlineData("23.11.2026")]
    [InlineData("2026-13-01")]
    [InlineData("2026-02-30")]
    [InlineData("2026-11-23T25:00")]
    [InlineData("2026-11-23T10")]
    [InlineData("10:00")]
    [InlineData("2026-11-23T10:00:00+15:00")]
    [InlineData("2026-11-23T10:00:00+5:30")]
    [InlineData("0001-01-01T00:00+01:00")]
    [InlineData("2026-11-23T10:00:00ZZ")]
    public void What_is_neither_says_how_both_look(string text)
    {
        ReadPoint.Find(text, Zone, out var problem).Should().BeNull();
        problem.Should().Contain($"'{text}'").And.Contain("2026-11-23T10:00:00Z");
    }

    [Theory]
    [InlineData("2026-03-29T02:30", "left out")]
    [InlineData("2026-10-25T03:30", "twice")]
    public void A_local_time_that_clocks_skip_or_repeat_needs_an_offset(string text, string why)
    {
        ReadPoint.Find(text, Zone, out var problem).Should().BeNull();
        problem.Should().Contain(why).And.Contain("offset");
        ReadPoint.Find(text + "+03:00", Zone, out _).Should().NotBeNull();
    }
}
