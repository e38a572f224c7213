using System.Text.Json;
using MvStore.Tool.Tests.Fixtures;
using Xunit.Abstractions;

namespace MvStore.Tool.Tests.Verifying;

/// <summary>
/// A history as long as that of a real project. Set <c>MVSTORE_HISTORY</c> to a directory that does not exist to have the repository made
/// there and kept, for trying the command by hand.
/// </summary>
[Trait("Category", "Soak")]
public class ScaleTests(ITestOutputHelper output)
{
    private const int Commits = 5_000;

    [Fact]
    public async Task Five_thousand_commits_are_imported_and_equal_to_git()
    {
        using var repository = new TestRepository(SyntheticHistory.Create(Commits, seed: 5));
        if (Environment.GetEnvironmentVariable("MVSTORE_HISTORY") is { Length: > 0 } kept)
        {
            GitCommandLine.Run(repository.Path, "clone", "--quiet", "--no-local", repository.Path, kept);
        }

        var import = (await InProcess.RunAsync(repository.Path, "import-git", "--json")).Expect(ExitCode.Ok);
        var verify = (await InProcess.RunAsync(repository.Path, "verify-git", "--every", "50", "--json")).Expect(ExitCode.Ok);

        output.WriteLine(import.Text);
        output.WriteLine(verify.Text);
        var document = JsonDocument.Parse(import.Output).RootElement;
        document.GetProperty("durableVersion").GetInt32().Should().Be(Commits);
        JsonDocument.Parse(verify.Output).RootElement.GetProperty("paths").GetInt64().Should().BeGreaterThan(100_000);
    }
}
