namespace MvStore.Packages.Tests;

/// <summary>A project of somebody who has the packages and nothing else.</summary>
internal sealed class ConsumerProject
{
    private readonly PackageFeed _feed;
    private readonly string _name;

    public ConsumerProject(PackageFeed feed, string name, string properties, IEnumerable<(string Id, string Version)> references)
    {
        _feed = feed;
        _name = name;
        Directory.CreateDirectory(Folder);
        Write(
            name + ".csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
                <DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", references.Select(r => $"""<PackageReference Include="{r.Id}" Version="{r.Version}" />"""))}
              </ItemGroup>
            </Project>
            """);
    }

    /// <summary>Where it lies.</summary>
    public string Folder => Path.Combine(_feed.Folder, _name);

    /// <summary>Adds a file.</summary>
    public void Write(string file, string content) => File.WriteAllText(Path.Combine(Folder, file), content);

    /// <summary>Runs <c>dotnet</c> in it.</summary>
    public Task<string> RunAsync(params string[] arguments) => Command.RunAsync(Folder, _feed.Environment, Command.Dotnet, arguments);

    /// <summary>Publishes it for this machine, and runs what came out, in an empty folder.</summary>
    /// <param name="how">The name of the output.</param>
    /// <param name="arguments">How it is published.</param>
    /// <returns>What the program printed, and the folder it ran in.</returns>
    public async Task<(string Output, string Folder)> PublishAndRunAsync(string how, params string[] arguments)
    {
        var output = Path.Combine(_feed.Folder, how);
        await RunAsync(["publish", "-c", "Release", "--use-current-runtime", "-nodeReuse:false", "-o", output, .. arguments]);
        var folder = Directory.CreateDirectory(Path.Combine(_feed.Folder, how + "-run")).FullName;
        var program = Path.Combine(output, OperatingSystem.IsWindows() ? _name + ".exe" : _name);
        return (await Command.RunAsync(folder, new Dictionary<string, string>(), program), folder);
    }
}
