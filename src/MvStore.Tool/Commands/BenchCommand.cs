using System.CommandLine;
using System.Runtime.InteropServices;
using MvStore.Sqlite;
using MvStore.Tool.Benchmarking;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;

namespace MvStore.Tool.Commands;

/// <summary>Measures, in a directory that is gone afterwards, how fast a store is here.</summary>
internal sealed class BenchCommand : ToolCommand
{
    private const string Summary =
        """
        Measure in some seconds how fast a store is on this machine and this disk, with the settings a host gets that sets none. A first impression: figures to compare by are made by the benchmarks of the project.

        Examples:
          mvstore bench                              in the directory for temporary files
          mvstore bench --directory /var/lib/shop    on the disk that is to be used
          mvstore bench --seconds 2 --json           longer, as one JSON document
        """;

    private const int LeastSeconds = 1;
    private const int MostSeconds = 2;

    // File systems in memory: a sync there costs nothing and means nothing.
    private static readonly string[] InMemory = ["tmpfs", "ramfs"];

    private readonly Option<string?> _directory = new Option<string?>("--directory")
    {
        Description = "Where to make the store, in a directory of its own that is removed at the end. Default: the directory for temporary files.",
        HelpName = "directory",
    }.NeverEmpty();

    private readonly Option<int> _seconds = new("--seconds")
    {
        Description = "How long each of five measurements takes.",
        HelpName = "1|2",
        DefaultValueFactory = static _ => LeastSeconds,
        CustomParser = static result => (int)Numbers.Parse(result, LeastSeconds, MostSeconds),
    };

    public BenchCommand(ToolHost host, SharedOptions shared)
        : base("bench", Summary, host, shared)
    {
        Add(_directory);
        Add(_seconds);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var parent = Host.Absolute(parsed.GetValue(_directory) ?? Path.GetTempPath());
        if (!Directory.Exists(parent))
        {
            throw new ToolException(ExitCode.Store, $"There is no directory '{parent}'; make it, or name another with --directory.");
        }

        var seconds = parsed.GetValue(_seconds);
        var directory = Directory.CreateDirectory(Path.Combine(parent, $"mvstore-bench-{Guid.NewGuid():N}")).FullName;
        BenchDocument document;
        try
        {
            document = Describe(parent, seconds, await MeasureAsync(directory, seconds, cancellationToken));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        if (IsJson(parsed))
        {
            ToolJson.Write(Host, document, ToolJson.Default.BenchDocument);
        }
        else
        {
            Write(document);
        }

        return ExitCode.Ok;
    }

    private static BenchDocument Describe(string directory, int seconds, IReadOnlyList<BenchMeasurement> measurements) => new()
    {
        Directory = directory,
        FileSystem = FileSystemOf(directory),
        System = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
        Runtime = RuntimeInformation.FrameworkDescription,
        Processors = Environment.ProcessorCount,
        Keys = StoreBench.Keys,
        KeyBytes = StoreBench.KeyBytes,
        ValueBytes = StoreBench.ValueBytes,
        SecondsEach = seconds,
        Measurements = [.. measurements.Select(BenchRateDocument.Of)],
    };

    private static string FileSystemOf(string directory)
    {
        try
        {
            return new DriveInfo(directory).DriveFormat;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "unknown";
        }
    }

    private async Task<IReadOnlyList<BenchMeasurement>> MeasureAsync(string directory, int seconds, CancellationToken cancellationToken)
    {
        await using var store = await new MvStoreBuilder().UseSqlite(Path.Combine(directory, "bench.db")).OpenAsync(cancellationToken);
        return await new StoreBench(store, new SlicedClock(Host.Time, TimeSpan.FromSeconds(seconds))).RunAsync(cancellationToken);
    }

    private void Write(BenchDocument bench)
    {
        var table = new TextTable("in a second", "middle", "lowest", "highest", "of");
        foreach (var rate in bench.Measurements)
        {
            table.Add(rate.Name, Figures.Count((long)rate.PerSecond), Figures.Count((long)rate.Lowest), Figures.Count((long)rate.Highest), rate.Unit);
        }

        table.Write(Host);
        Host.Text.WriteLine();
        Host.Text.WriteLine($"{Figures.Count(bench.Keys)} keys of {bench.KeyBytes} bytes with values of {bench.ValueBytes}, one caller unless it says more, reads from memory.");
        Host.Text.WriteLine($"{SlicedClock.Slices} slices of {Figures.Seconds(TimeSpan.FromSeconds(bench.SecondsEach / SlicedClock.Slices))} each; {bench.Processors} processors, {bench.Runtime}, {PathText.Clean(bench.System)}.");
        Host.Text.WriteLine($"{PathText.Clean(bench.Directory)} is on {PathText.Clean(bench.FileSystem)}.");
        if (InMemory.Contains(bench.FileSystem))
        {
            Host.Text.WriteLine("That is memory, no disk: the figures of durable commits mean nothing. Name another directory with --directory.");
        }
    }
}
