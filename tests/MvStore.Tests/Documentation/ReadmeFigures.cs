using System.Text;
using MvStore.Tests.Architecture;

namespace MvStore.Tests.Documentation;

/// <summary>The figures of the front page, taken from the pages that the comparisons write, so that the two cannot differ.</summary>
internal static class ReadmeFigures
{
    private const string Begin = "<!-- figures: taken from benchmarks/RESULTS*.md; renewed by MVSTORE_RENEW=1 dotnet test tests/MvStore.Tests -c Release --filter ReadmeTests -->\n";
    private const string End = "<!-- end of figures -->";

    private static readonly string[] Engines = ["MvStore", "CD", "LMDB", "RocksDB", "SQLite"];

    private static readonly (string Page, string Workload)[] Rows =
    [
        ("RESULTS.md", "W4b"),
        ("RESULTS.md", "W7a"),
        ("RESULTS.md", "W7d"),
        ("RESULTS.md", "W1"),
        ("RESULTS.md", "W2"),
        ("RESULTS-disk.md", "W11x16"),
        ("RESULTS-disk.md", "W10a4"),
    ];

    /// <summary>The front page with the figures as they are.</summary>
    public static string Renewed(string readme)
    {
        var start = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        return readme[..start] + Write() + readme[readme.IndexOf(End, start, StringComparison.Ordinal)..];
    }

    private static string Write()
    {
        var table = new StringBuilder("\n|  | MvStore | dictionary | LMDB | RocksDB | SQLite |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var (page, workload) in Rows)
        {
            var (what, values) = RowOf(Repository.Read($"benchmarks/{page}"), workload);
            table.Append("| ").Append(what).Append(" | ").AppendJoin(" | ", values).Append(" |\n");
        }

        return table.Append('\n').ToString();
    }

    // A row of rates, "| W1 | what | 1.2 M (1.0 M..1.3 M) | ..." under the nearest row of engines above it.
    private static (string What, IEnumerable<string> Values) RowOf(string page, string workload)
    {
        var lines = page.ReplaceLineEndings("\n").Split('\n');
        var heads = Enumerable.Range(0, lines.Length).Where(i => lines[i].StartsWith("| workload |  |", StringComparison.Ordinal));
        foreach (var head in heads)
        {
            var row = lines.Skip(head + 1).TakeWhile(line => line.StartsWith('|')).FirstOrDefault(line => line.StartsWith($"| {workload} |", StringComparison.Ordinal));
            if (row is not null)
            {
                var engines = Cells(lines[head]);
                var cells = Cells(row);
                return (cells[1], Engines.Select(engine => Value(engines, cells, engine)));
            }
        }

        throw new FormatException($"The results have no rates of {workload}.");
    }

    private static string Value(string[] engines, string[] cells, string engine)
    {
        var column = Array.FindIndex(engines, name => name == engine || name == engine + "+SQLite");
        return column < 0 ? "–" : cells[column].Split(" (")[0];
    }

    private static string[] Cells(string row) => [.. row.Trim('|', ' ').Split(" | ").Select(cell => cell.Trim().Trim('|').Trim())];
}
