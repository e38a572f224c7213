using MvStore.Tool.Rendering.Json;

namespace MvStore.Tool.Rendering;

/// <summary>The closing words of a backup or a restoration.</summary>
internal static class CopySummary
{
    /// <summary>Writes them, or the document.</summary>
    public static void Write(ToolHost host, CopyDocument copy, bool json)
    {
        if (json)
        {
            ToolJson.Write(host, copy, ToolJson.Default.CopyDocument);
            return;
        }

        var table = new TextTable("", "");
        table.Add("from", PathText.Clean(copy.From));
        table.Add("to", PathText.Clean(copy.To));
        table.Add("highest version", Figures.Count(copy.HighestVersion));
        table.Add("publications", Figures.Count(copy.DurableSequence));
        table.Add("size", Figures.Size(copy.Bytes));
        table.Add("duration", Figures.Seconds(TimeSpan.FromSeconds(copy.Seconds)));
        table.Write(host);
    }
}
