using System.Globalization;
using System.Text;
using MvStore.Reliability.Scripts;

namespace MvStore.Reliability.Kills;

/// <summary>What a process that will be killed commits: the n-th publication follows from a seed and n alone, so that whoever comes later knows it.</summary>
internal static class KillSteps
{
    /// <summary>The distance in versions that a store keeps, above the latest a commit may come.</summary>
    public const ulong Retained = 400;

    private const ulong Distance = 10; // between the versions of two commits that are not late
    private const ulong Lateness = 4;  // in commits

    /// <summary>A publication, from 1.</summary>
    public static Step At(int seed, ulong sequence)
    {
        var random = new Random(HashCode(seed, sequence));
        var isLate = sequence % 7 == 3 && sequence > Lateness;
        var version = isLate ? (Distance * (sequence - Lateness)) + 5 : Distance * sequence;
        var kind = random.Next(3) switch { 0 => StepKind.Commit, 1 => StepKind.CommitToLog, _ => StepKind.CommitDurably };
        var keys = new SortedSet<int>();
        for (var i = random.Next(5); i > 0; i--)
        {
            keys.Add(random.Next(24));
        }

        var deltas = keys.Select(key => NextDelta(random, key)).ToArray();
        return new Step(kind, version, isLate ? WithoutDropped(seed, sequence, deltas) : deltas);
    }

    // A drop may be in force by then: a commit below it would be refused.
    private static Delta[] WithoutDropped(int seed, ulong sequence, Delta[] deltas)
    {
        var dropped = new HashSet<string>();
        for (var newer = sequence - Lateness + 1; newer < sequence; newer++)
        {
            dropped.UnionWith(At(seed, newer).Deltas.Where(d => d.Kind == DeltaKind.Drop).Select(d => Convert.ToHexString(d.Key.Span)));
        }

        return [.. deltas.Where(d => !dropped.Contains(Convert.ToHexString(d.Key.Span)))];
    }

    // Not the runtime's, which differs from one process to the next.
    private static int HashCode(int seed, ulong sequence) => unchecked((seed * 1_000_003) ^ (int)(sequence * 2_654_435_761));

    private static Delta NextDelta(Random random, int key)
    {
        var kind = random.Next(12) switch { 0 => DeltaKind.Remove, 1 => DeltaKind.Drop, _ => DeltaKind.Set };
        var length = random.Next(8) switch { 0 => 0, 1 => random.Next(20_000), _ => random.Next(300) };
        var value = new byte[kind == DeltaKind.Set ? length : 0];
        random.NextBytes(value);
        return new Delta(kind, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"key {key}")), value);
    }
}
