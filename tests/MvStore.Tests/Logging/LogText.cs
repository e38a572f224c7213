using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>Commits as texts, so that what was published and what was recovered can be compared.</summary>
internal static class LogText
{
    public static string Of(LoggedCommit commit)
        => Of(commit.Sequence, commit.Version, commit.Batch.Deltas);

    public static string Of(ulong sequence, CommitVersion version, IEnumerable<Delta> deltas)
        => $"{sequence}@{version}: " + string.Join(", ", deltas.Select(Of));

    // Long values by their length and a checksum: failures stay readable.
    private static string Of(Delta delta)
        => $"{delta.Kind} {Convert.ToHexString(delta.Key.Span)}={delta.Value.Length}/{LogFormat.Checksum(delta.Value.Span):x8}";
}
