using MvStore.Workloads.Engines;

namespace MvStore.Workloads.Running;

/// <summary>What the command line asked for.</summary>
/// <param name="Settings">How much to run.</param>
/// <param name="Engines">The engines asked for, those that cannot run included.</param>
/// <param name="Workloads">The workloads asked for.</param>
/// <param name="WithGrowth">Whether to run everything again on ten times the rows (W16).</param>
/// <param name="DataDirectory">Where stores are made, or null for the system's place for temporary files.</param>
/// <param name="Output">Where to write the report, or null for nowhere.</param>
public sealed record RunRequest(
    RunSettings Settings,
    IReadOnlyList<EngineDescriptor> Engines,
    IReadOnlyList<Workload> Workloads,
    bool WithGrowth,
    string? DataDirectory,
    string? Output)
{
    /// <summary>The workload that is a second run of others.</summary>
    public const string Growth = "W16";
}
