using System.Text;
using Spectre.Console;

namespace MvStore.Tool.Rendering;

/// <summary>
/// Rows under a heading: drawn for a terminal, for a pipe plain lines aligned with spaces, never cut and never wrapped. Cells must be
/// free of control characters already.
/// </summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row, a cell for each heading.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the table.</summary>
    public void Write(ToolHost host)
    {
        if (host.OutputIsTerminal)
        {
            Draw(host.Text);
            return;
        }

        var widths = headings.Select((heading, i) => _rows.Select(row => row[i].Length).Append(heading.Length).Max()).ToArray();
        foreach (var row in _rows.Prepend(headings).Where(static row => row.Any(static cell => cell.Length > 0)))
        {
            host.Text.WriteLine(Line(row, widths));
        }
    }

    private void Draw(TextWriter writer)
    {
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = headings.Any(static h => h.Length > 0) };
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))));
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(static cell => new Text(cell)));
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) }).Write(table);
    }

    private static string Line(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            line.Append(i == 0 ? "" : "  ").Append(cells[i].PadRight(widths[i]));
        }

        return line.ToString().TrimEnd();
    }
}
