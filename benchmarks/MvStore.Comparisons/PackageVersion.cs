using System.Text.Json;

namespace MvStore.Comparisons;

/// <summary>The version of a package this program was built with, from the list of dependencies beside it.</summary>
internal static class PackageVersion
{
    public static string Of(string package)
    {
        using var list = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(typeof(PackageVersion).Assembly.Location, ".deps.json")));
        return list.RootElement.GetProperty("libraries").EnumerateObject()
            .Select(library => library.Name.Split('/'))
            .FirstOrDefault(name => string.Equals(name[0], package, StringComparison.OrdinalIgnoreCase))?[1] ?? "unknown";
    }
}
