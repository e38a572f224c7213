using System.Globalization;
using MvStore.Hosting.Binding;

namespace MvStore.Hosting.Tests.Binding;

/// <summary>How values of settings are written, and what is refused.</summary>
public sealed class SettingTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("65536", 65_536)]
    [InlineData("512 B", 512)]
    [InlineData("64KiB", 65_536)]
    [InlineData(" 64 kib ", 65_536)]
    [InlineData("3 MiB", 3_145_728)]
    [InlineData("2 GiB", 2_147_483_648)]
    [InlineData("1 TiB", 1_099_511_627_776)]
    [InlineData("-1", -1)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Sizes(string text, long bytes) => SettingText.ToSize(text).Should().Be(bytes);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("64 KB")]
    [InlineData("1.5 MiB")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("9223372036854775808")]
    [InlineData("8388608 TiB")]
    public void NoSizes(string? text) => FluentActions.Invoking(() => SettingText.ToSize(text)).Should().Throw<FormatException>().WithMessage("*number of bytes*");

    [Fact]
    public void ASmallSizeHasALimit()
    {
        SettingText.ToSmallSize("2147483647").Should().Be(int.MaxValue);
        FluentActions.Invoking(() => SettingText.ToSmallSize("2 GiB")).Should().Throw<FormatException>().WithMessage("*2147483647*");
    }

    [Theory]
    [InlineData("00:00:10", 10_000)]
    [InlineData("7.00:00:00", 604_800_000)]
    [InlineData("250 ms", 250)]
    [InlineData("1.5s", 1_500)]
    [InlineData("10 S", 10_000)]
    [InlineData("5 min", 300_000)]
    [InlineData("2 h", 7_200_000)]
    [InlineData("7 d", 604_800_000)]
    [InlineData("0 s", 0)]
    [InlineData("-1 s", -1_000)]
    [InlineData("infinite", -1)]
    public void Durations(string text, double milliseconds) => SettingText.ToDuration(text).Should().Be(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10 seconds")]
    [InlineData("1,5 s")]
    [InlineData("25:61:00")]
    [InlineData("99999999999 d")]
    public void NoDurations(string? text) => FluentActions.Invoking(() => SettingText.ToDuration(text)).Should().Throw<FormatException>().WithMessage("a duration*");

    [Fact]
    public void Kinds()
    {
        foreach (var kind in (EntryKind[])[EntryKind.Multi, EntryKind.Source(0), EntryKind.Source(3), EntryKind.Operator(ulong.MaxValue)])
        {
            SettingText.ToKind(kind.ToString()).Should().Be(kind);
            SettingText.ToKind(kind.ToString().ToUpperInvariant()).Should().Be(kind);
        }

        foreach (var text in (string[])["", "source", "source()", "source(-1)", "sources(1)", "operator(1", "(1)"])
        {
            FluentActions.Invoking(() => SettingText.ToKind(text)).Should().Throw<FormatException>(text);
        }
    }

    [Fact]
    public void Choices()
    {
        SettingText.ToChoice<Durability>("durable").Should().Be(Durability.Durable);
        foreach (var text in (string?[])[null, "", "2", "7", "Buffered, Durable", "soon"])
        {
            FluentActions.Invoking(() => SettingText.ToChoice<Durability>(text)).Should().Throw<FormatException>(text).WithMessage("*Buffered, Logged, Durable*");
        }
    }

    [Fact]
    public void TheCultureDoesNotMatter()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            SettingText.ToFraction("0.5").Should().Be(0.5);
            SettingText.ToDuration("0.5 s").Should().Be(TimeSpan.FromSeconds(0.5));
            SettingText.ToDuration("00:00:00.5").Should().Be(TimeSpan.FromSeconds(0.5));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
