namespace MvStore.Packages.Tests;

/// <summary>
/// The packages of this build in a folder of their own, and an empty cache beside it, so that what restores from there can get them from nowhere else. Packages of others come from the cache
/// that is there, or else from the feed that is set up. Made once for all tests.
/// </summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mvstore-packages-");

    /// <summary>Where the projects of the tests go: outside of the repository, so that none of its settings reach them.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The version of every package.</summary>
    public string Version { get; private set; } = string.Empty;

    /// <summary>Variables for everything that restores.</summary>
    internal IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["NUGET_PACKAGES"] = Cache };

    private string Feed => Path.Combine(Folder, "feed");

    private string Cache => Path.Combine(Folder, "cache");

    /// <summary>Packs.</summary>
    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Feed);
        Directory.CreateDirectory(Cache);
        await Command.RunAsync(
            Checkout.PathOf("tests", "MvStore.Packages.Tests"),
            new Dictionary<string, string>(),
            Command.Dotnet,
            ["msbuild", "Pack.targets", "-nologo", "-m", "-nodeReuse:false", $"-p:Configuration={Checkout.Configuration}", $"-p:Feed={Feed}"]);
        Version = Path.GetFileNameWithoutExtension(Directory.GetFiles(Feed, "MvStore.Sqlite.*.nupkg").Single())["MvStore.Sqlite.".Length..];
        await File.WriteAllTextAsync(Path.Combine(Folder, "nuget.config"), await ConfigurationAsync());
    }

    /// <summary>Removes all of it.</summary>
    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>The package with a name.</summary>
    internal Package Open(string id) => new(Path.Combine(Feed, $"{id}.{Version}.nupkg"));

    /// <summary>The names of all packages.</summary>
    internal IEnumerable<string> Ids()
        => Directory.GetFiles(Feed, "*.nupkg").Select(path => Path.GetFileNameWithoutExtension(path)[..^(Version.Length + 1)]).Order(StringComparer.Ordinal);

    /// <summary>Makes a project that refers to packages alone.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="properties">What it sets, as elements.</param>
    /// <param name="references">The packages, with their versions.</param>
    internal ConsumerProject CreateProject(string name, string properties, params (string Id, string Version)[] references)
        => new(this, name, properties, references);

    // What the ordinary cache already has need not be fetched again. It must have nothing of ours: an older build of the same version would be taken.
    private async Task<string> ConfigurationAsync()
    {
        var line = await Command.RunAsync(Folder, new Dictionary<string, string>(), Command.Dotnet, "nuget", "locals", "global-packages", "--list");
        var ordinary = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var hasOurs = Directory.Exists(ordinary) && Directory.EnumerateDirectories(ordinary, "mvstore*").Any();
        return $"""
            <configuration>
              <packageSources>
                <add key="mvstore-build" value="{Feed}" />
              </packageSources>
              <fallbackPackageFolders>
                {(hasOurs || !Directory.Exists(ordinary) ? string.Empty : $"""<add key="ordinary" value="{ordinary}" />""")}
              </fallbackPackageFolders>
            </configuration>
            """;
    }
}
