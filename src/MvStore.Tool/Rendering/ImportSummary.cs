using MvStore.Tool.Rendering.Json;

namespace MvStore.Tool.Rendering;

/// <summary>The closing words of an import.</summary>
internal static class ImportSummary
{
    /// <summary>Writes them.</summary>
    public static void Write(ToolHost host, ImportDocument import)
    {
        var repository = PathText.Clean(import.Repository);
        var span = TimeSpan.FromSeconds(import.Seconds);
        var noun = import.Commits == 1 ? "commit" : "commits";
        var rate = Figures.Count((long)(import.Commits / Math.Max(import.Seconds, 0.001)));
        host.Text.WriteLine(import.Commits == 0
            ? $"Nothing new in {repository}: the store has all {Figures.Count(import.Versions)} commits."
            : $"Imported {Figures.Count(import.Commits)} {noun} of {repository} in {Figures.Seconds(span)} ({rate} commits/s).");
        if (import.Shallow)
        {
            host.Text.WriteLine("The repository is a shallow clone: its oldest commit counts as the root.");
        }

        var table = new TextTable("", "");
        table.Add("versions", Figures.Count(import.Versions));
        table.Add("durable version", Figures.Count(import.DurableVersion));
        table.Add("paths now", Figures.Count(import.Paths));
        table.Add("entries written", Figures.Count(import.Entries));
        table.Add("contents written", Figures.Size(import.Bytes));
        table.Add("store size", Figures.Size(import.StoreBytes));
        table.Add("store", PathText.Clean(import.Store));
        table.Write(host);
    }
}
