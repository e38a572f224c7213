using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public class WrongInputTests
{
    [Theory]
    [InlineData("frobnicate")]
    [InlineData("get")]
    [InlineData("get", "a", "b")]
    [InlineData("diff", "1")]
    [InlineData("scan", "--at")]
    [InlineData("verify-git", "--every", "0")]
    [InlineData("import-git", "--max-file-bytes", "900000001")]
    [InlineData("stat", "--frobnicate")]
    [InlineData("gc", "--keep", "many")]
    [InlineData("gc", "--keep", "-1")]
    [InlineData("gc", "now")]
    [InlineData("explain")]
    [InlineData("rollback")]
    [InlineData("rollback", "--to", "-1")]
    [InlineData("pins", "--keep", "some")]
    public async Task A_wrong_command_line_is_one_sentence_and_a_hint(params string[] args)
    {
        using var outside = new TemporaryDirectory();

        var result = (await InProcess.RunAsync(outside.Path, args)).Expect(ExitCode.Usage);

        result.Output.Should().BeEmpty();
        result.Error.Should().StartWith("mvstore: ").And.Contain("--help").And.NotContain("System.");
    }

    [Theory]
    [InlineData]
    [InlineData("import-git")]
    [InlineData("import-git", "/no/such/place")]
    [InlineData("verify-git")]
    [InlineData("scan")]
    public async Task Outside_a_repository_it_is_a_git_error(params string[] args)
    {
        using var outside = new TemporaryDirectory();

        var result = (await InProcess.RunAsync(outside.Path, args)).Expect(ExitCode.Git);

        result.Error.Should().StartWith("mvstore: ").And.NotContain(" at MvStore").And.EndWith(".\n");
        Directory.EnumerateFileSystemEntries(outside.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task A_repository_without_commits_is_a_git_error_and_gets_no_store()
    {
        using var repository = new TestRepository();

        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Git).Error.Should().Contain("no commits yet");

        File.Exists(repository.DefaultStore).Should().BeFalse();
    }

    [Theory]
    [InlineData("get", "a")]
    [InlineData("scan")]
    [InlineData("history", "a")]
    [InlineData("diff", "1", "2")]
    [InlineData("stat")]
    [InlineData("verify-git")]
    [InlineData("verify")]
    [InlineData("gc")]
    [InlineData("gc", "--dry-run")]
    [InlineData("explain", "a")]
    [InlineData("rollback", "--to", "1")]
    [InlineData("pins")]
    [InlineData("backup", "to")]
    public async Task A_store_that_is_not_there_is_a_store_error_and_not_made(params string[] args)
    {
        using var repository = new TestRepository(Histories.Counting(1));

        (await InProcess.RunAsync(repository.Path, args)).Expect(ExitCode.Store).Error.Should().Contain("import-git");

        Directory.Exists(Path.GetDirectoryName(repository.DefaultStore)).Should().BeFalse();
    }

    [Fact]
    public async Task A_base64_path_that_is_none_is_a_usage_error()
    {
        using var repository = new TestRepository(Histories.Counting(1));

        (await InProcess.RunAsync(repository.Path, "get", "%%", "--base64-path")).Expect(ExitCode.Usage);
    }

    [Fact]
    public async Task Verbose_shows_where_an_error_comes_from()
    {
        using var outside = new TemporaryDirectory();

        (await InProcess.RunAsync(outside.Path, "--verbose")).Expect(ExitCode.Git).Error.Should().Contain(" at MvStore.Tool");
    }

    [Fact]
    public async Task Help_states_the_exit_codes()
    {
        using var outside = new TemporaryDirectory();

        var help = (await InProcess.RunAsync(outside.Path, "--help")).Expect(ExitCode.Ok).Text;

        foreach (var code in Enum.GetValues<ExitCode>())
        {
            help.Should().MatchRegex($@"\n\s+{(int)code}\s+\w");
        }
    }
}
