using System.Text;

namespace MvStore.Comparisons.Reporting;

/// <summary>A table in Markdown.</summary>
internal sealed class MarkdownTable
{
    private readonly StringBuilder _text = new();

    public MarkdownTable(params IEnumerable<string> headings)
    {
        var all = headings.ToArray();
        Add(all);
        Add(all.Select(_ => "---"));
    }

    public MarkdownTable Add(params IEnumerable<string> cells)
    {
        _text.Append("| ").AppendJoin(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal))).AppendLine(" |");
        return this;
    }

    public override string ToString() => _text.ToString();
}
