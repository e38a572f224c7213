using System.Reflection;

namespace MvStore.Hosting.Tests.Documentation;

/// <summary>One class of options.</summary>
/// <param name="Title">What the page calls it.</param>
/// <param name="Instance">One with every default.</param>
/// <param name="Group">Where its settings are within the configuration of a store, with a colon behind it; null if they are in code only.</param>
internal sealed record OptionsClass(string Title, object Instance, string? Group)
{
    /// <summary>The settings, by name.</summary>
    public IEnumerable<PropertyInfo> Properties
        => Instance.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsSetting).OrderBy(property => property.Name, StringComparer.Ordinal);

    // Parts are classes of their own; a dictionary is set by what is put into it; the path of a file is set when the options are made.
    private static bool IsSetting(PropertyInfo property)
        => property.SetMethod is { IsPublic: true }
            || property.PropertyType.Name.StartsWith("IDictionary", StringComparison.Ordinal)
            || property is { Name: "Path", PropertyType.Name: "String" };
}
