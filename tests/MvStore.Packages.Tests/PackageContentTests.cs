using System.Xml.Linq;

namespace MvStore.Packages.Tests;

/// <summary>What is in the packages, and what they say of themselves.</summary>
[Collection(nameof(PackageTests))]
public sealed class PackageContentTests(PackageFeed feed)
{
    // Few, and each at the lowest version of its series that is fit for use: a host decides what it takes above that.
    private static readonly Dictionary<string, string[]> Dependencies = new()
    {
        ["MvStore"] = ["Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options"],
        ["MvStore.Sqlite"] = ["MvStore", "Microsoft.Data.Sqlite"],
        ["MvStore.Hosting"] =
        [
            "MvStore",
            "MvStore.Sqlite",
            "Microsoft.Extensions.Configuration.Abstractions",
            "Microsoft.Extensions.DependencyInjection.Abstractions",
            "Microsoft.Extensions.Diagnostics.HealthChecks",
            "Microsoft.Extensions.Hosting.Abstractions",
            "Microsoft.Extensions.Logging.Abstractions",
            "Microsoft.Extensions.Options",
        ],
        ["MvStore.Conformance"] = ["MvStore", "FluentAssertions", "xunit"],
        ["MvStore.Tool"] = [],
    };

    public static TheoryData<string> Ids => [.. Dependencies.Keys];

    public static TheoryData<string> Libraries => [.. Dependencies.Keys.Where(id => id != "MvStore.Tool")];

    [Fact]
    public void EveryPackageIsKnown() => feed.Ids().Should().BeEquivalentTo(Dependencies.Keys);

    [Theory]
    [MemberData(nameof(Ids))]
    public void APackageSaysWhatItIs(string id)
    {
        using var package = feed.Open(id);

        package["id"].Should().Be(id);
        package["license"].Should().Be("MIT");
        package["authors"].Should().NotBeNullOrWhiteSpace();
        package["copyright"].Should().NotBeNullOrWhiteSpace();
        package["description"].Should().HaveLength(package["description"]!.Length).And.MatchRegex(@"^[A-Z].{40,}\.$");
        package["tags"].Should().NotBeNullOrWhiteSpace();
        (package["requireLicenseAcceptance"] ?? "false").Should().Be("false");
        package["readme"].Should().Be("README.md");
        package.Read("README.md").Should().StartWith("# ");
        package["icon"].Should().Be("icon.png");
        package.ReadBytes("icon.png").Should().StartWith([0x89, (byte)'P', (byte)'N', (byte)'G']).And.HaveCountLessThan(100_000);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void APackageNeedsNoMoreThanItSays(string id)
    {
        using var package = feed.Open(id);

        package.Dependencies.Keys.Should().BeEquivalentTo(Dependencies[id]);
        package.Dependencies.Where(d => d.Key.StartsWith("MvStore", StringComparison.Ordinal)).Where(d => d.Value != feed.Version)
            .Should().BeEmpty("they are released together");
        package.Dependencies.Where(d => d.Key.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal))
            .Where(d => d.Value != "10.0.0")
            .Should().BeEmpty("a host may have any of the series");
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void ALibraryHasItsDocumentation(string id)
    {
        using var package = feed.Open(id);

        package.Files.Should().Contain([$"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml"]);
        package.Files.Should().OnlyContain(file => file.StartsWith("lib/net10.0/" + id + ".", StringComparison.Ordinal)
            || file.StartsWith("docs/", StringComparison.Ordinal) || file.StartsWith("dashboards/", StringComparison.Ordinal) || file == "README.md" || file == "icon.png");
        XDocument.Parse(package.Read($"lib/net10.0/{id}.xml")).Descendants("member").Should().HaveCountGreaterThan(10);
    }

    [Fact]
    public void TheEngineCarriesTheGuides()
    {
        using var package = feed.Open("MvStore");
        var guides = Directory.GetFiles(Checkout.PathOf("src", "MvStore", "docs")).Select(Path.GetFileName).ToList();

        guides.Should().NotBeEmpty();
        package.Files.Where(file => file.StartsWith("docs/", StringComparison.Ordinal)).Should().BeEquivalentTo(guides.Select(guide => "docs/" + guide));
    }

    [Fact]
    public void TheEngineCarriesItsDashboard()
    {
        using var package = feed.Open("MvStore");

        package.Read("dashboards/mvstore.json").Should().Be(File.ReadAllText(Checkout.PathOf("src", "MvStore", "Dashboards", "mvstore.json")));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void ADebuggerFindsEveryLine(string id)
    {
        using var package = feed.Open(id);
        using var symbols = new Package(Path.ChangeExtension(package.Path, ".snupkg"));
        foreach (var assembly in package.Files.Where(file => Path.GetFileName(file).StartsWith("MvStore", StringComparison.Ordinal) && file.EndsWith(".dll", StringComparison.Ordinal)))
        {
            // A tool carries the libraries, whose symbols are in the packages of their own.
            if (Path.GetFileNameWithoutExtension(assembly) != id)
            {
                continue;
            }

            var found = new Symbols(package.ReadBytes(assembly), symbols.ReadBytes(Path.ChangeExtension(assembly, ".pdb")));
            found.AreOfTheAssembly.Should().BeTrue();
            found.DocumentsWithoutSource.Should().BeEmpty();
        }
    }

    [Fact]
    public void TheToolIsACommand()
    {
        using var package = feed.Open("MvStore.Tool");
        var settings = package.Files.Single(file => file.EndsWith("DotnetToolSettings.xml", StringComparison.Ordinal));

        XDocument.Parse(package.Read(settings)).Descendants("Command").Single().Attribute("Name")!.Value.Should().Be("mvstore");
        package.Files.Should().Contain(file => file.EndsWith("/e_sqlite3.dll", StringComparison.Ordinal) || file.Contains("e_sqlite3", StringComparison.Ordinal), "it runs on every system");
    }
}
