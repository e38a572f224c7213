namespace MvStore.Tests.Scenarios;

/// <summary>
/// Runs every script beside this file in every place and compares the answers exactly. <c>MVSTORE_REWRITE=1</c> writes the answers of
/// the memory-only store into the scripts instead: run it, read the difference, and commit it if it is what you meant.
/// </summary>
public sealed class ScenarioTests
{
    private static readonly bool Rewrite = Environment.GetEnvironmentVariable("MVSTORE_REWRITE") == "1";

    public static TheoryData<string, ScenarioPlace> Scripts
    {
        get
        {
            var data = new TheoryData<string, ScenarioPlace>();
            foreach (var file in Directory.EnumerateFiles(SourceFolder(), "*.txt").Order(StringComparer.Ordinal))
            {
                foreach (var place in Enum.GetValues<ScenarioPlace>())
                {
                    data.Add(Path.GetFileNameWithoutExtension(file), place);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task B12_AScriptAnswersTheSameEverywhere(string script, ScenarioPlace place)
    {
        if (Rewrite && place != ScenarioPlace.MemoryOnly)
        {
            return;
        }

        var file = Path.Combine(SourceFolder(), script + ".txt");
        var lines = await File.ReadAllLinesAsync(file);
        await using var runner = new ScenarioRunner(place);
        var result = await ScenarioScript.RunAsync(lines, runner.ExecuteAsync);
        if (Rewrite)
        {
            await File.WriteAllTextAsync(file, string.Join('\n', result) + '\n');
            return;
        }

        string.Join('\n', result).Should().Be(string.Join('\n', lines), $"this is what {script}.txt says, {place}");
    }

    [Fact]
    public void EveryScriptBeginsByExplainingItself()
    {
        var files = Directory.GetFiles(SourceFolder(), "*.txt");
        files.Should().HaveCountGreaterThanOrEqualTo(12);
        foreach (var file in files)
        {
            var prose = File.ReadLines(file).TakeWhile(line => line.StartsWith('#')).ToArray();
            prose.Sum(line => line.Length).Should().BeGreaterThan(120, $"{Path.GetFileName(file)} explains its semantics to a newcomer");
        }
    }

    /// <summary>The scripts are read where they are written, so that rewriting them is an edit like any other.</summary>
    private static string SourceFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var scripts = Path.Combine(folder.FullName, "tests", "MvStore.Tests", "Scenarios");
            if (Directory.Exists(scripts))
            {
                return scripts;
            }
        }

        throw new DirectoryNotFoundException("No folder above the tests has tests/MvStore.Tests/Scenarios.");
    }
}
