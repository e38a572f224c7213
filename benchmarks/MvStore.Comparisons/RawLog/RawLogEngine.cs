using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.RawLog;

/// <summary>A file that commits are appended to, and nothing else: the disk's limit. It can be read once it was closed.</summary>
internal sealed class RawLogEngine : IWorkloadEngine
{
    private readonly string _path;
    private readonly GroupLog? _log;

    private RawLogEngine(string directory)
    {
        _path = Path.Combine(directory, "commits.log");
        _log = File.Exists(_path) ? null : new GroupLog(_path);
    }

    public static EngineDescriptor Descriptor { get; } = new(
        "rawlog",
        "raw log",
        "preallocated file, a commit is appended and fdatasynced, committers that wait share one sync; no index, no reads",
        EngineTraits.Versions | EngineTraits.DurableCommits,
        settings => new RawLogEngine(settings.Directory))
    {
        Version = Environment.Version.ToString(),
    };

    public IWorkloadWriter OpenWriter()
        => new RawLogWriter(_log ?? throw new InvalidOperationException("A log that was closed is only read."));

    public IWorkloadReader OpenReader() => new RawLogReader(_path);

    public void Dispose() => _log?.Dispose();
}
