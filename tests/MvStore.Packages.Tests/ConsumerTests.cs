using MvStore.Tests.Documentation;

namespace MvStore.Packages.Tests;

/// <summary>
/// Who has the packages alone builds, runs and publishes the first program of the README, and with it one call of every kind (<c>tests/MvStore.AotSmoke</c>), without a warning: of trimming and native compilation
/// neither.
/// </summary>
[Collection(nameof(PackageTests))]
public sealed class ConsumerTests(PackageFeed feed)
{
    private const string Properties = """
        <OutputType>Exe</OutputType>
        <InvariantGlobalization>true</InvariantGlobalization>
        <IsAotCompatible>true</IsAotCompatible>
        <TrimmerSingleWarn>false</TrimmerSingleWarn>
        """;

    private static readonly Lazy<Snippet> QuickStart = new(() => Snippet.In("README.md", Checkout.Read("README.md")).First());

    [Fact]
    public async Task TheFirstProgramRunsAndTheCommandReadsItsStore()
    {
        var project = CreateProgram("shop");

        await project.RunAsync("build", "-c", "Release", "-nodeReuse:false");
        AssertPrinted(await project.RunAsync(Path.Combine("bin", "Release", "net10.0", "shop.dll")));
        PackagesInCache().Should().Contain(["mvstore", "mvstore.sqlite", "mvstore.hosting"]);

        await project.RunAsync("tool", "install", "MvStore.Tool", "--version", feed.Version, "--tool-path", "command", "--no-cache");
        var command = Path.Combine(project.Folder, "command", OperatingSystem.IsWindows() ? "mvstore.exe" : "mvstore");
        (await Command.RunAsync(project.Folder, feed.Environment, command, "--version")).Should().StartWith(feed.Version);
        (await Command.RunAsync(project.Folder, feed.Environment, command, "stat", "--store", "shop.db")).Should().Contain("30");
        (await Command.RunAsync(project.Folder, feed.Environment, command, "verify", "shop.db")).Should().NotBeEmpty();
    }

    [NativeCompilationFact]
    public async Task TheFirstProgramRunsCompiledAheadOfTime()
    {
        var (output, folder) = await CreateProgram("native").PublishAndRunAsync("native-out", "-p:PublishAot=true");

        AssertPrinted(output);
        Directory.GetFiles(folder).Should().ContainSingle(file => file.EndsWith("shop.db", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheFirstProgramRunsTrimmed()
    {
        var (output, _) = await CreateProgram("trimmed").PublishAndRunAsync("trimmed-out", "-p:PublishTrimmed=true", "--self-contained");

        AssertPrinted(output);
    }

    [Fact]
    public async Task TheSuitesForTierAuthorsRun()
    {
        var project = feed.CreateProject(
            "suites",
            "<IsPackable>false</IsPackable>",
            ("MvStore.Conformance", feed.Version),
            ("Microsoft.NET.Test.Sdk", VersionOf("Microsoft.NET.Test.Sdk")),
            ("xunit.runner.visualstudio", VersionOf("xunit.runner.visualstudio")));
        project.Write("Suites.cs", """
            using FluentAssertions;
            using MvStore;
            using MvStore.Conformance;
            using Xunit;

            public sealed class Location : ITierLocation
            {
                private readonly InMemoryTierStorage _storage = new();

                public IPersistentTier CreateTier() => new InMemoryTier(_storage);

                public ValueTask DisposeAsync() => ValueTask.CompletedTask;
            }

            public sealed class Applying : ApplyingConformance<Location>;

            public sealed class Suites
            {
                [Fact]
                public void OneIsDerived() => ConformanceSuites.MissingFrom<Location>(typeof(Suites).Assembly).Should().HaveCount(ConformanceSuites.All.Count - 1);
            }
            """);

        (await project.RunAsync("test", "-c", "Release", "-nodeReuse:false")).Should().Contain("Passed!");
    }

    private static void AssertPrinted(string output)
        => output.TrimEnd().Should().Be(QuickStart.Value.Output.TrimEnd() + "\nwritten, reopened, read, hosted");

    private static string VersionOf(string package)
        => Checkout.Read("Directory.Packages.props").Split($"Include=\"{package}\" Version=\"")[1].Split('"')[0];

    // The README's lines as they stand there, and behind them one call of every kind.
    private ConsumerProject CreateProgram(string name)
    {
        var project = feed.CreateProject(
            name,
            Properties,
            ("MvStore.Sqlite", feed.Version),
            ("MvStore.Hosting", feed.Version),
            ("Microsoft.Extensions.Hosting", VersionOf("Microsoft.Extensions.Hosting")));
        project.Write("Program.cs", QuickStart.Value.Code + "\nawait MvStore.AotSmoke.Smoke.RunAsync();\n");
        foreach (var source in Directory.GetFiles(Checkout.PathOf("tests", "MvStore.AotSmoke"), "*.cs").Where(path => Path.GetFileName(path) != "Program.cs"))
        {
            project.Write(Path.GetFileName(source), File.ReadAllText(source));
        }

        return project;
    }

    private IEnumerable<string> PackagesInCache()
        => Directory.GetDirectories(feed.Environment["NUGET_PACKAGES"]).Select(path => Path.GetFileName(path));
}
