using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Verifying;

namespace MvStore.Tool.Rendering;

/// <summary>The closing words of a verification. Differences go where errors go.</summary>
internal static class VerifySummary
{
    /// <summary>Writes them.</summary>
    public static void Write(ToolHost host, VerifyDocument verify, IReadOnlyList<Difference> differences)
    {
        foreach (var difference in differences)
        {
            var path = difference.Path.Length == 0 ? "" : $"{PathText.Quote(difference.Path)}: ";
            host.Error.Write($"version {difference.Version} ({difference.Commit[..10]}): {path}{difference.What}\n");
        }

        if (verify.DifferenceCount > differences.Count)
        {
            host.Error.Write($"... and {Figures.Count(verify.DifferenceCount - differences.Count)} more\n");
        }

        host.Error.Flush();
        host.Text.WriteLine(verify.Equal
            ? "Equal: the store holds what git holds, byte for byte."
            : $"DIFFERENT: {Figures.Count(verify.DifferenceCount)} differences between the store and git.");
        if (verify.NotImported > 0)
        {
            host.Text.WriteLine($"The repository has {Figures.Count(verify.NotImported)} newer commits that are not in the store.");
        }

        var table = new TextTable("", "");
        table.Add("commit records compared", Figures.Count(verify.Versions));
        table.Add("trees compared", $"{Figures.Count(verify.Commits)} (every {verify.Every}, first and last)");
        table.Add("paths compared", Figures.Count(verify.Paths));
        table.Add("contents compared", Figures.Size(verify.Bytes));
        table.Add("blobs fetched from git", Figures.Count(verify.Blobs));
        table.Add("duration", Figures.Seconds(TimeSpan.FromSeconds(verify.Seconds)));
        table.Write(host);
    }
}
