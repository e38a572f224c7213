namespace MvStore.Tests.Architecture;

/// <summary>The source tree these tests were built from.</summary>
internal static class Repository
{
    private const string Marker = "MvStore.sln";

    private static readonly Lazy<IReadOnlyList<SourceFile>> LazySources = new(() => [.. Parse()]);

    /// <summary>The folder that holds the solution, found upwards from the test's own output.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Every C# file under <c>src</c>, <c>tests</c> and <c>benchmarks</c>.</summary>
    public static IReadOnlyList<SourceFile> Sources => LazySources.Value;

    public static IEnumerable<SourceFile> SourcesIn(string folder)
        => Sources.Where(s => s.Path.StartsWith(folder + "/", StringComparison.Ordinal));

    public static string Read(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    private static string Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above '{start}' holds {Marker}: run the tests from a clone.");
    }

    private static IEnumerable<SourceFile> Parse()
        => new[] { "src", "tests", "benchmarks" }
            .Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Select(path => (Full: path, Relative: Path.GetRelativePath(Root, path).Replace('\\', '/')))
            .Where(file => !file.Relative.Split('/').Any(part => part is "obj" or "bin"))
            .Order()
            .Select(file => SourceFile.Parse(file.Relative, File.ReadAllText(file.Full)));
}
