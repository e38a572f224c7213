using System.Text;
using MvStore.Tool.Git;

namespace MvStore.Tool.Tests.Git;

public class GitModeTests
{
    [Theory]
    [InlineData("100644", GitMode.Regular, "100644")]
    [InlineData("100664", GitMode.Regular, "100644")]
    [InlineData("100755", GitMode.Executable, "100755")]
    [InlineData("120000", GitMode.Link, "120000")]
    [InlineData("160000", GitMode.Submodule, "160000")]
    [InlineData("000000", GitMode.None, "000000")]
    public void Modes_are_read_and_written_in_octal(string text, int mode, string canonical)
    {
        GitMode.Parse(Encoding.ASCII.GetBytes(text)).Should().Be(mode);
        GitMode.Format(mode).Should().Be(canonical);
    }

    [Fact]
    public void A_mode_that_is_not_octal_is_a_git_failure()
        => FluentActions.Invoking(() => GitMode.Parse("10064x"u8)).Should().Throw<GitException>();
}
