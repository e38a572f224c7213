using System.Text;
using System.Text.RegularExpressions;

namespace MvStore.Tests.Documentation;

/// <summary>The table of contents of the design, made from its headings, with the invariants that each section states.</summary>
internal static partial class DesignContents
{
    private const string Begin = "<!-- contents: renewed by MVSTORE_RENEW=1 dotnet test tests/MvStore.Tests -c Release --filter DesignTests -->\n";
    private const string End = "<!-- end of contents -->";

    /// <summary>The design with its contents as they are.</summary>
    public static string Renewed(string design)
    {
        var start = design.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        return design[..start] + Write(design) + design[design.IndexOf(End, start, StringComparison.Ordinal)..];
    }

    /// <summary>The labels of what is stated: <c>I1</c> and so on, each once for each place.</summary>
    public static IEnumerable<string> LabelsIn(string text) => Statements().Matches(text).Select(match => match.Groups[1].Value);

    private static string Write(string design)
    {
        var contents = new StringBuilder("\n");
        var stated = new HashSet<string>();
        foreach (var section in design.Split("\n## ").Skip(1))
        {
            var heading = section.Split('\n')[0];
            var labels = LabelsIn(section).Where(stated.Add).ToList();
            contents.Append("- [").Append(heading).Append("](#").Append(AnchorOf(heading)).Append(')')
                .Append(labels.Count == 0 ? string.Empty : ": " + string.Join(", ", labels)).Append('\n');
        }

        return contents.Append('\n').ToString();
    }

    /// <summary>What a heading is linked by, as the common hosts of repositories make it.</summary>
    public static string AnchorOf(string heading)
        => string.Concat(heading.TrimStart('#').Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');

    [GeneratedRegex(@"^- \*\*([A-Z]\d+)[ *]", RegexOptions.Multiline)]
    private static partial Regex Statements();
}
