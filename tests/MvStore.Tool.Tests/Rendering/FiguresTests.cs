using MvStore.Tool.Rendering;

namespace MvStore.Tool.Tests.Rendering;

public class FiguresTests
{
    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(5L * 1024 * 1024 * 1024, "5.0 GiB")]
    public void Sizes_have_units(long bytes, string text) => Figures.Size(bytes).Should().Be(text);

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(6.1, "0:07")]
    [InlineData(3723, "1:02:03")]
    public void Clocks_round_up(double seconds, string text) => Figures.Clock(TimeSpan.FromSeconds(seconds)).Should().Be(text);

    [Fact]
    public void Moments_keep_their_offset()
        => Figures.Moment(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.FromHours(-3.5))).Should().Be("2026-01-31 12:00:00 -0330");
}
