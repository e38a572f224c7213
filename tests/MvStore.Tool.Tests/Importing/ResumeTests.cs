using MvStore.Tool.Tests.Fixtures;
using Xunit.Abstractions;

namespace MvStore.Tool.Tests.Importing;

/// <summary>An import may be ended anywhere, in any way; the next one ends with the same store.</summary>
public class ResumeTests(ITestOutputHelper output)
{
    // How often an import is begun anew that was not met midway.
    private const int MostRounds = 30;

    [Fact]
    public async Task An_import_cancelled_at_once_and_again_ends_identical()
    {
        using var repository = new TestRepository(SyntheticHistory.Create(150));
        var expected = await ImportWholeAsync(repository);
        using var before = new CancellationTokenSource();
        await before.CancelAsync();

        (await InProcess.RunAsync(repository.Path, before.Token, "import-git")).Expect(ExitCode.Cancelled);

        (await InProcess.RunAsync(repository.Path, "import-git")).Expect(ExitCode.Ok);
        (await StoreDump.DigestAsync(repository.DefaultStore)).Should().Be(expected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(149)]
    public async Task An_import_cancelled_midway_keeps_whole_commits_and_continues(int commits)
    {
        using var repository = new TestRepository(SyntheticHistory.Create(150));
        var expected = await ImportWholeAsync(repository);
        var partial = await Interruption.CancelAfterAsync(repository, commits);

        partial.Should().BeInRange((ulong)commits, 150);
        (await InProcess.RunAsync(repository.Path, "verify-git", "--every", "1")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(repository.Path, "import-git")).Expect(ExitCode.Ok);
        (await StoreDump.DigestAsync(repository.DefaultStore)).Should().Be(expected);
    }

    [Fact]
    public async Task An_import_killed_again_and_again_ends_identical()
    {
        const int Commits = 4000;
        using var repository = new TestRepository(SyntheticHistory.Create(Commits));
        var expected = await ImportWholeAsync(repository);

        // Each run is killed after another growth of its files: while the store is made, and in the middle of writing. On a busy machine every kill may come too
        // late, and the first import get to its end: then all of it again, from nothing.
        var full = new FileInfo(repository.Beside("whole.db")).Length;
        var versions = new List<ulong>();
        for (var round = 0; round < MostRounds && !versions.Exists(static v => v is > 0 and < Commits); round++)
        {
            repository.DeleteStore();
            versions.Clear();
            foreach (var share in (double[])[-1, 0, 0.05, 0.2, 0.5, 0, 0.1, 0.3, 0.05, 0.2])
            {
                if (await Interruption.KillAfterGrowthAsync(repository, (long)(full * share)))
                {
                    versions.Add(await StoreDump.VersionAsync(repository.DefaultStore));
                }
            }

            output.WriteLine($"killed at versions {string.Join(", ", versions)} of {Commits}");
            versions.Should().BeInAscendingOrder("what is durable stays");
        }

        versions.Should().Contain(static v => v > 0 && v < Commits, "otherwise this test kills nothing");
        (await InProcess.RunAsync(repository.Path, "import-git")).Expect(ExitCode.Ok);
        (await StoreDump.DigestAsync(repository.DefaultStore)).Should().Be(expected);
        (await InProcess.RunAsync(repository.Path, "verify-git", "--every", "500")).Expect(ExitCode.Ok);
    }

    [Fact]
    public async Task An_import_ended_with_control_c_says_where_and_continues()
    {
        using var repository = new TestRepository(SyntheticHistory.Create(4000));

        // More than a new store and its log take: commits are being written by then.
        ToolResult result;
        var round = 0;
        do
        {
            repository.DeleteStore();
            result = await Interruption.InterruptAfterGrowthAsync(repository, 400_000);
        }
        while (result.ExitCode == (int)ExitCode.Ok && ++round < MostRounds);

        result.Expect(ExitCode.Cancelled);
        result.Output.Should().BeEmpty();
        result.Complaint.Should().MatchRegex(@"^mvstore: Cancelled behind version \d+ of 4000\. .*run the same command again to continue\.\n$");
        (await InProcess.RunAsync(repository.Path, "import-git")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(repository.Path, "verify-git", "--every", "500")).Expect(ExitCode.Ok);
    }

    private static async Task<string> ImportWholeAsync(TestRepository repository)
    {
        var whole = repository.Beside("whole.db");
        (await InProcess.RunAsync(repository.Path, "import-git", "--store", whole)).Expect(ExitCode.Ok);
        return await StoreDump.DigestAsync(whole);
    }
}
