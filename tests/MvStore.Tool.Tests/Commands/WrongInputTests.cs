using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public class WrongInputTests
{
    [Theory]
    [InlineData("frobnicate")]
    [InlineData("--frobnicate")]
    [InlineData("stat", "--frobnicate")]
    [InlineData("stat", "extra")]
    [InlineData("stat", "--store")]
    [InlineData("stat", "--store", "")]
    [InlineData("stat", "--store", "a", "--store", "b")]
    [InlineData("get")]
    [InlineData("get", "")]
    [InlineData("get", "a", "b")]
    [InlineData("get", "a", "--at")]
    [InlineData("get", "a", "--at", "0")]
    [InlineData("get", "a", "--at", "-1")]
    [InlineData("get", "a", "--at", "1.5")]
    [InlineData("get", "a", "--at", "1", "--at", "2")]
    [InlineData("get", "a", "--at", "yesterday")]
    [InlineData("get", "a", "--at", "99999999999999999999")]
    [InlineData("get", "a", "--at", "2026-02-30T10:00:00Z")]
    [InlineData("get", "a", "--at", "2026-11-23T10:00:00+99:00")]
    [InlineData("scan", "--at")]
    [InlineData("scan", "--prefix")]
    [InlineData("scan", "src/")]
    [InlineData("history")]
    [InlineData("history", "a", "--at", "now")]
    [InlineData("diff")]
    [InlineData("diff", "1")]
    [InlineData("diff", "1", "2", "3")]
    [InlineData("diff", "1", "tomorrow")]
    [InlineData("diff", "0", "1")]
    [InlineData("verify-git", "--every", "0")]
    [InlineData("verify-git", "--ref", "")]
    [InlineData("import-git", "")]
    [InlineData("import-git", "--max-file-bytes", "900000001")]
    [InlineData("import-git", "--ref")]
    [InlineData("gc", "--keep", "many")]
    [InlineData("gc", "--keep", "-1")]
    [InlineData("gc", "now")]
    [InlineData("explain")]
    [InlineData("explain", "a", "--keep", "1e3")]
    [InlineData("verify", "")]
    [InlineData("verify", "--frobnicate")]
    [InlineData("verify", "a", "b")]
    [InlineData("backup")]
    [InlineData("backup", "")]
    [InlineData("restore")]
    [InlineData("restore", "")]
    [InlineData("log")]
    [InlineData("log", "dmp")]
    [InlineData("log", "dump", "")]
    [InlineData("log", "verify", "a", "b")]
    [InlineData("bench", "--seconds", "0")]
    [InlineData("bench", "--seconds", "60")]
    [InlineData("bench", "--directory", "")]
    [InlineData("top", "shop")]
    [InlineData("top", "0")]
    [InlineData("top", "1", "--interval", "0")]
    [InlineData("top", "1", "--count", "-1")]
    [InlineData("completions")]
    [InlineData("completions", "powershell")]
    [InlineData("rollback")]
    [InlineData("rollback", "--to", "-1")]
    [InlineData("pins", "--keep", "some")]
    [InlineData("changes", "--after", "here")]
    [InlineData("changes", "--last", "0")]
    [InlineData("changes", "--from", "x")]
    public async Task A_wrong_command_line_is_one_line_that_says_what_to_do(params string[] args)
    {
        using var outside = new TemporaryDirectory();

        var result = (await InProcess.RunAsync(outside.Path, args)).Expect(ExitCode.Usage);

        result.Output.Should().BeEmpty();
        result.Error.Should().MatchRegex("^mvstore: [^\\n]+ Try 'mvstore[a-z -]* --help'\\.\n$").And.NotContain("System.").And.NotContain("\uFFFD");
        Directory.EnumerateFileSystemEntries(outside.Path).Should().BeEmpty();
    }

    [Theory]
    [InlineData("'mvstore' does not know 'hystory'. Did you mean 'history'? Try 'mvstore --help'.", "hystory", "a")]
    [InlineData("'mvstore' does not know 'frobnicate'. Try 'mvstore --help'.", "frobnicate")]
    [InlineData("'mvstore log' does not know 'dmp'. Did you mean 'dump'? Try 'mvstore log --help'.", "log", "dmp")]
    [InlineData("'mvstore stat' does not know '--jsn'. Did you mean '--json'? Try 'mvstore stat --help'.", "stat", "--jsn")]
    [InlineData("'mvstore log dump' does not know '--jsn'. Did you mean '--json'? Put -- before it if it is no option. Try 'mvstore log dump --help'.", "log", "dump", "--jsn")]
    [InlineData("'mvstore get' does not know '--frobnicate'. Put -- before it if it is no option. Try 'mvstore get --help'.", "get", "--frobnicate")]
    [InlineData("'mvstore gc' does not know '--dryrun'. Did you mean '--dry-run'? Try 'mvstore gc --help'.", "gc", "--dryrun")]
    public async Task A_word_that_is_not_known_is_named_with_what_was_meant(string sentence, params string[] args)
    {
        using var outside = new TemporaryDirectory();

        (await InProcess.RunAsync(outside.Path, args)).Expect(ExitCode.Usage).Error.Should().Be($"mvstore: {sentence}\n");
    }

    [Theory]
    [InlineData("is a directory", "stat", "--store", ".")]
    [InlineData("is a directory", "get", "a", "--store", ".")]
    [InlineData("is a directory", "verify", ".")]
    [InlineData("name another with --store", "stat", "--store", "none.db")]
    [InlineData("name another with --store", "top", "--store", "none.db")]
    [InlineData("is not a SQLite file", "stat", "--store", "text.db")]
    [InlineData("There is no backup", "restore", "none.db", "--store", "new.db")]
    [InlineData("no commit log", "log", "dump", "none-log")]
    [InlineData("no commit log", "log", "verify", "--store", "none.db")]
    public async Task A_file_that_cannot_be_used_is_one_line_that_says_why(string why, params string[] args)
    {
        using var outside = new TemporaryDirectory();
        await File.WriteAllTextAsync(outside.Combine("text.db"), new string('x', 10_000));

        var error = (await InProcess.RunAsync(outside.Path, args)).Expect(ExitCode.Store).Error;

        error.Should().StartWith("mvstore: ").And.Contain(why).And.EndWith("\n").And.NotContain("defect");
        error.Count(static c => c == '\n').Should().Be(1);
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
    [InlineData("changes")]
    [InlineData("backup", "to")]
    public async Task A_store_that_is_not_there_is_a_store_error_and_not_made(params string[] args)
    {
        using var repository = new TestRepository(Histories.Counting(1));

        (await InProcess.RunAsync(repository.Path, args)).Expect(ExitCode.Store).Error.Should().Contain("import-git");

        Directory.Exists(Path.GetDirectoryName(repository.DefaultStore)).Should().BeFalse();
    }

    [Fact]
    public async Task A_path_that_looks_like_an_option_stands_behind_two_dashes()
    {
        using var repository = new TestRepository(Histories.Counting(1));
        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok);

        (await InProcess.RunAsync(repository.Path, "get", "--", "--odd")).Expect(ExitCode.Negative).Error.Should().Contain("--odd does not exist");
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
