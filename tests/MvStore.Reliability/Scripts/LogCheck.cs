using Microsoft.Extensions.Logging.Abstractions;
using MvStore.Logging;

namespace MvStore.Reliability.Scripts;

/// <summary>Compares what a commit log tells after a crash with what the application knows.</summary>
internal static class LogCheck
{
    /// <summary>Reads a log as opening a store does: it continues what the tier has, commit by commit, bit by bit, with what was published.</summary>
    /// <returns>Up to which publication log and tier together go.</returns>
    public static ulong Recovered(LogDirectory directory, TierState tier, CommitLog log)
    {
        using var recovery = LogRecovery.Open(directory, tier, CommitLogDamage.Refuse, NullLogger.Instance);
        var last = tier.DurableSequence;
        foreach (var (sequence, version, batch) in LogReader.Read(recovery.Content, tier.DurableSequence))
        {
            last++;
            Require(sequence == last, $"the log goes on with publication {sequence} where {last} is due");
            Require(sequence <= log.Sequence, $"publication {sequence} is in the log and was never made");
            var step = log.StepOf(sequence);
            Require(step.Version == version, $"publication {sequence} has version {version} in the log, not {step.Version}");
            Require(Same(step.Batch(), batch), $"publication {sequence} has other deltas in the log");
        }

        Require(last == Math.Max(tier.DurableSequence, recovery.Content.End.Sequence), $"the log ends at {recovery.Content.End.Sequence}, reading it at {last}");
        return last;
    }

    // In the log rows come before drops, as rows and drops are kept apart from the beginning.
    private static bool Same(WriteBatch published, WriteBatch found) => Texts(published).SequenceEqual(Texts(found));

    private static IEnumerable<string> Texts(WriteBatch batch)
        => batch.Deltas.Select(d => $"{(d.Kind == DeltaKind.Drop ? 1 : 0)} {Convert.ToHexString(d.Key.Span)} {d.Kind} {Convert.ToHexString(d.Value.Span)}")
            .Order(StringComparer.Ordinal);

    private static void Require(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw new LossException(what);
        }
    }
}
