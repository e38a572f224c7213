using System.Text;

namespace MvStore.Reliability.Scripts;

/// <summary>Writes scripts in few words.</summary>
internal sealed class ScriptWriter(int seed)
{
    private readonly Random _random = new(seed);

    public static Delta Remove(string key) => new(DeltaKind.Remove, Bytes(key), default);

    public static Delta Drop(string key) => new(DeltaKind.Drop, Bytes(key), default);

    public static Step Flush() => new(StepKind.Flush);

    public static Step Evict() => new(StepKind.Evict);

    public static Step Reclaim() => new(StepKind.Reclaim);

    public static Step Pin() => new(StepKind.Pin);

    public static Step Unpin() => new(StepKind.Unpin);

    public static Step Reopen() => new(StepKind.Reopen);

    public static Step Commit(ulong version, params IReadOnlyList<Delta> deltas) => new(StepKind.Commit, version, deltas);

    public static Step Durable(ulong version, params IReadOnlyList<Delta> deltas) => new(StepKind.CommitDurably, version, deltas);

    public static Step ToLog(ulong version, params IReadOnlyList<Delta> deltas) => new(StepKind.CommitToLog, version, deltas);

    /// <summary>A value of random bytes.</summary>
    public Delta Set(string key, int length = 40)
    {
        var value = new byte[length];
        _random.NextBytes(value);
        return new Delta(DeltaKind.Set, Bytes(key), value);
    }

    private static byte[] Bytes(string key) => Encoding.UTF8.GetBytes(key);
}
