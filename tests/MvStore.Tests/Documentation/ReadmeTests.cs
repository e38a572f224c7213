using MvStore.Tests.Architecture;

namespace MvStore.Tests.Documentation;

/// <summary>What the pages show compiles, runs, and prints what they say it prints; what they link exists.</summary>
public sealed class ReadmeTests
{
    private static readonly string[] Pages = ["README.md", "DESIGN.md"];

    private static readonly Snippet[] All = [.. Pages.SelectMany(page => Snippet.In(page, Repository.Read(page)))];

    public static TheoryData<string> Snippets => [.. All.Select(s => s.ToString())];

    [Theory]
    [MemberData(nameof(Snippets))]
    public async Task SnippetRunsAndPrintsWhatThePageSays(string id)
    {
        var snippet = All.Single(s => s.ToString() == id);
        using var program = new SnippetProgram();

        program.Compile(snippet.Code).Should().BeEmpty();
        var (exitCode, output) = await program.RunAsync();

        output.ReplaceLineEndings("\n").TrimEnd().Should().Be(snippet.Output.TrimEnd());
        exitCode.Should().Be(0);
    }

    [Fact]
    public void TheCommandsAreWhatContinuousIntegrationRuns()
    {
        var script = Repository.Read(Path.Combine(".ci", "run"));
        var commands = Snippet.BlocksOf(Repository.Read("README.md"), "sh");

        commands.Should().HaveCount(2).And.OnlyContain(command => script.Contains(command, StringComparison.Ordinal));
    }

    [Fact]
    public void LinksLeadSomewhere()
        => Pages.SelectMany(page => LinksOf(Repository.Read(page)).Select(link => (page, link)))
            .Where(x => !x.link.Contains("://", StringComparison.Ordinal) && !x.link.StartsWith('#'))
            .Where(x => !Path.Exists(Path.Combine(Repository.Root, x.link.Split('#')[0])))
            .Should().BeEmpty();

    private static IEnumerable<string> LinksOf(string text)
        => text.Split("](").Skip(1).Select(rest => rest.Split(')')[0]);
}
