namespace MvStore.Reliability.Kills;

/// <summary>Lets system calls of a process on the files of a store fail, or kill it, where the real file system does the rest.</summary>
internal static class Strace
{
    /// <summary>Whether there is one that works: some containers do not let processes be traced.</summary>
    public static bool IsHere { get; } = OperatingSystem.IsLinux() && Command.Succeeds("strace", "-f", "-o", "/dev/null", "true");

    /// <summary>The command to put before that of a victim.</summary>
    /// <param name="directory">Its store: only calls on the store's files, and the log's first ones, count.</param>
    /// <param name="call">The system call.</param>
    /// <param name="effect">What happens, in strace's words.</param>
    public static IReadOnlyList<string> Tracing(string directory, string call, string effect)
        =>
        [
            "strace", "-f", "-qqq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:{effect}",
            .. new[] { "store.db", "store.db-wal", "log/00000001.mvlog", "log/00000002.mvlog" }.SelectMany(file => new[] { "-P", Path.Combine(directory, file) }),
        ];
}
