using System.Text.RegularExpressions;
using MvStore.Tests.Architecture;

namespace MvStore.Tests.Documentation;

/// <summary>What the code cites of the design is there, and the design can be found one's way in.</summary>
public sealed partial class DesignTests
{
    [Fact]
    public void TheContentsAreThoseOfThePage()
    {
        var design = Repository.Read("DESIGN.md").ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("MVSTORE_RENEW") == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, "DESIGN.md"), design = DesignContents.Renewed(design));
        }

        design.Should().Be(DesignContents.Renewed(design), "otherwise renew them: MVSTORE_RENEW=1 dotnet test tests/MvStore.Tests -c Release --filter DesignTests");
    }

    [Fact]
    public void EveryInvariantThatTheCodeCitesIsStated()
    {
        var stated = DesignContents.LabelsIn(Repository.Read("DESIGN.md").ReplaceLineEndings("\n")).ToHashSet();
        stated.Should().Contain("I1");

        Repository.SourcesIn("src").SelectMany(source => Citations(source.Root.ToFullString()).Where(label => !stated.Contains(label)).Select(label => $"{source.Path}: {label}"))
            .Should().BeEmpty();
    }

    // In a comment, an "I" with a number is an invariant and nothing else.
    private static IEnumerable<string> Citations(string code)
        => code.Split('\n').Select(line => line.IndexOf("//", StringComparison.Ordinal) is var start and >= 0 ? line[start..] : string.Empty)
            .SelectMany(comment => Labels().Matches(comment)).Select(match => match.Value).Distinct();

    [GeneratedRegex(@"\bI\d+\b")]
    private static partial Regex Labels();
}
