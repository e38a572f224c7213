using MvStore.Tool.Rendering.Json;

namespace MvStore.Tool.Rendering;

/// <summary>What a store holds, for people.</summary>
internal static class StatSummary
{
    /// <summary>Writes it.</summary>
    public static void Write(ToolHost host, StatDocument stat)
    {
        WriteTotals(host, stat);
        WriteKinds(host, stat);
        WriteFloors(host, stat);
        WriteLeases(host, stat);
    }

    private static void WriteTotals(ToolHost host, StatDocument stat)
    {
        var table = new TextTable("", "");
        table.Add("store", PathText.Clean(stat.Store));
        table.Add("versions", Figures.Count(stat.Versions));
        if (stat.Commit is { } commit)
        {
            table.Add("newest commit", PathText.Clean(commit));
        }

        table.Add("floor", Figures.Count(stat.Floor));
        table.Add("durable version", Figures.Count(stat.DurableVersion));
        table.Add("in the file", $"version {Figures.Count(stat.StoredVersion)}, publication {Figures.Count(stat.StoredPublication)}");
        table.Add("in the log only", LagText(stat.Log));
        table.Add("keys now", Figures.Count(stat.Keys));
        table.Add("paths now", $"{Figures.Count(stat.Paths)}, {Figures.Size(stat.PathBytes)}");
        table.Add("main file", Figures.Size(stat.Files.MainBytes));
        table.Add("write-ahead", Figures.Size(stat.Files.WriteAheadBytes));
        table.Add("commit log", Figures.Size(stat.Files.CommitLogBytes));
        table.Add("dropped keys", $"{Figures.Count(stat.KeyFloors)}, {Figures.Count(stat.PendingDrops)} drops to come");
        table.Write(host);
    }

    private static string LagText(LogLagDocument? log)
        => log is null ? "no commit log"
            : log.Needed ? $"{Figures.Count(log.Lag)} publications; the store was not closed"
            : $"{Figures.Count(log.Lag)} publications";

    private static void WriteKinds(ToolHost host, StatDocument stat)
    {
        var table = new TextTable("kind", "keys", "now", "versions", "deletions", "bytes");
        foreach (var kind in stat.Kinds)
        {
            table.Add(
                kind.Kind,
                Figures.Count(kind.Keys),
                Figures.Count(kind.KeysNow),
                Figures.Count(kind.Versions),
                Figures.Count(kind.Deletions),
                Figures.Size(kind.Bytes));
        }

        WriteBelow(host, table, stat.Kinds.Count);
    }

    private static void WriteFloors(ToolHost host, StatDocument stat)
    {
        var table = new TextTable("kind of the owner", "floor");
        foreach (var floor in stat.Floors)
        {
            table.Add(floor.Kind, Figures.Count(floor.Floor));
        }

        WriteBelow(host, table, stat.Floors.Count);
    }

    private static void WriteLeases(ToolHost host, StatDocument stat)
    {
        var table = new TextTable("lease", "version", "opened", "ends", "keys");
        foreach (var lease in stat.Leases)
        {
            table.Add(
                PathText.Clean(lease.Name),
                Figures.Count(lease.Version),
                Figures.Moment(lease.OpenedAt),
                Figures.Moment(lease.ExpiresAt),
                lease.Scoped ? "some" : "all");
        }

        WriteBelow(host, table, stat.Leases.Count);
    }

    private static void WriteBelow(ToolHost host, TextTable table, int rows)
    {
        if (rows > 0)
        {
            host.Text.WriteLine();
            table.Write(host);
        }
    }
}
