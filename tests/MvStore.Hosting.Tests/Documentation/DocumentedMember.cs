using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MvStore.Hosting.Tests.Documentation;

/// <summary>What the documentation in the code says of one property, as Markdown.</summary>
/// <param name="Meaning">Its summary.</param>
/// <param name="Default">What it is unless it is set.</param>
/// <param name="Allowed">What it may be, and what else is to be known of its value; may be empty.</param>
internal sealed partial record DocumentedMember(string Meaning, string Default, string Allowed)
{
    private const string DefaultWord = "Default";
    private const string NoDefault = "No default";

    private static readonly Dictionary<Assembly, Dictionary<string, XElement>> Files = [];

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It has no summary, or its value does not begin with its default.</exception>
    public static DocumentedMember Of(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        var member = FileOf(type.Assembly).GetValueOrDefault($"P:{type.FullName}.{property.Name}") ?? throw new FormatException($"{type.Name}.{property.Name} is not documented.");
        var value = TextOf(member.Element("value"));
        var end = value.IndexOf(". ", StringComparison.Ordinal);
        var first = (end < 0 ? value.TrimEnd('.') : value[..end]).Trim();
        var rest = end < 0 ? string.Empty : value[(end + 2)..].Trim();
        if (TextOf(member.Element("summary")) is not { Length: > 0 } meaning)
        {
            throw new FormatException($"{type.Name}.{property.Name} has no summary.");
        }

        return first.StartsWith(NoDefault, StringComparison.Ordinal)
            ? new DocumentedMember(meaning, "none: it has to be given", rest)
            : first.StartsWith(DefaultWord, StringComparison.Ordinal)
                ? new DocumentedMember(meaning, first[DefaultWord.Length..].TrimStart(' ', ':'), rest)
                : throw new FormatException($"{type.Name}.{property.Name}: the text of <value> has to begin with its default, such as 'Default 10. At least 1.'; it is '{value}'.");
    }

    private static Dictionary<string, XElement> FileOf(Assembly assembly)
    {
        if (!Files.TryGetValue(assembly, out var members))
        {
            members = XDocument.Load(Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml"))
                .Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
            Files.Add(assembly, members);
        }

        return members;
    }

    private static string TextOf(XElement? element)
    {
        var text = new StringBuilder();
        foreach (var node in element?.Nodes() ?? [])
        {
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "see" or "seealso" } see => $"`{ShortName(see)}`",
                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                XElement { Name.LocalName: "paramref" } parameter => $"`{parameter.Attribute("name")!.Value}`",
                XElement { Name.LocalName: "para" } paragraph => " " + TextOf(paragraph) + " ",
                XElement other => TextOf(other),
                _ => string.Empty,
            });
        }

        return Blanks().Replace(text.ToString(), " ").Trim();
    }

    // "P:MvStore.FlushOptions.MaxAge" is FlushOptions.MaxAge, and so is a field; a type is its name.
    private static string ShortName(XElement see)
    {
        if (see.Attribute("langword") is { } word)
        {
            return word.Value;
        }

        var target = see.Attribute("cref")!.Value;
        var parts = target[2..].Split('(')[0].Split('.');
        return target[0] == 'T' ? parts[^1] : $"{(parts[^2] == nameof(Int64) ? "long" : parts[^2])}.{parts[^1]}";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
