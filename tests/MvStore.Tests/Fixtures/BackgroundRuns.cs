namespace MvStore.Tests.Fixtures;

/// <summary>What happens by itself in an open store, done when a test wants it.</summary>
internal static class BackgroundRuns
{
    /// <summary>A run of reclamation as the interval makes it: the persistent tier may leave what is not worth a walk.</summary>
    public static Task<ReclamationReport> ReclaimInBackgroundAsync(this IMultiVersionStore store)
        => ((MultiVersionStore)store).Stages.ReclamationRuns.RunInBackgroundAsync(CancellationToken.None).AsTask();
}
