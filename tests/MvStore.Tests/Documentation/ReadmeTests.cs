using MvStore.Tests.Architecture;

namespace MvStore.Tests.Documentation;

/// <summary>What the pages show compiles, runs, and prints what they say it prints; what they link exists.</summary>
public sealed class ReadmeTests
{
    // Every page of the repository: the front page, the design, and what lies beside the code.
    private static readonly string[] Pages =
    [
        .. new[] { string.Empty, "src", "tests", "benchmarks" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md", folder.Length == 0 ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal),
    ];

    private static readonly Snippet[] All = [.. Pages.SelectMany(page => Snippet.In(page, Repository.Read(page)))];

    public static TheoryData<string> Snippets => [.. All.Where(s => s.ReasonNotToRun is null).Select(s => s.ToString())];

    [Theory]
    [MemberData(nameof(Snippets))]
    public async Task SnippetRunsAndPrintsWhatThePageSays(string id)
    {
        var snippet = All.Single(s => s.ToString() == id);
        var text = SnippetText.Of(snippet, All.Where(s => s.Page == snippet.Page));
        using var program = new SnippetProgram();

        program.Compile(text.Code).Should().BeEmpty();
        var (exitCode, output) = await program.RunAsync();

        output.ReplaceLineEndings("\n").TrimEnd().Should().Be(text.Output.TrimEnd());
        exitCode.Should().Be(0);
    }

    [Fact]
    public void TheFiguresAreThoseOfTheResults()
    {
        var readme = Repository.Read("README.md").ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("MVSTORE_RENEW") == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, "README.md"), readme = ReadmeFigures.Renewed(readme));
        }

        readme.Should().Be(ReadmeFigures.Renewed(readme), "otherwise renew them: MVSTORE_RENEW=1 dotnet test tests/MvStore.Tests -c Release --filter ReadmeTests");
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
        => Pages.SelectMany(page => LinksOf(Repository.Read(page)).Where(link => !link.Contains("://", StringComparison.Ordinal) && !Leads(page, link)).Select(link => $"{page}: {link}"))
            .Should().BeEmpty();

    private static IEnumerable<string> LinksOf(string text)
        => text.Split("](").Skip(1).Select(rest => rest.Split(')')[0]);

    // A link is relative to its page; what is behind '#' is a heading.
    private static bool Leads(string page, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
        return Path.Exists(Path.Combine(Repository.Root, target))
            && (parts.Length == 1 || Repository.Read(target).ReplaceLineEndings("\n").Split('\n').Any(line => line.StartsWith('#') && DesignContents.AnchorOf(line) == parts[1]));
    }
}
