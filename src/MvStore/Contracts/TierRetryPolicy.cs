namespace MvStore.Contracts;

/// <summary>
/// What is done about each kind of failure of the persistent tier, how often, and after which pauses: the one place that decides it. Immutable;
/// any thread.
/// </summary>
/// <param name="firstPause">The pause after the first attempt; doubled for each further one.</param>
/// <param name="longestPause">The longest pause.</param>
/// <param name="maxAttempts">How often what need not succeed is tried.</param>
/// <param name="resolvesDoubt">Whether the tier's mark can be believed after a write in doubt.</param>
internal sealed class TierRetryPolicy(TimeSpan firstPause, TimeSpan longestPause, int maxAttempts, bool resolvesDoubt)
{
    private const int MaxDoublings = 30;

    /// <summary>The policy that settings ask for.</summary>
    public static TierRetryPolicy Of(MvStoreOptions options, TierCapabilities capabilities)
        => new(options.Flush.RetryDelay, options.Flush.MaxRetryDelay, options.Persistence.MaxAttempts, capabilities.ResolvesDoubt);

    /// <summary>The pause after an attempt, counted from 1.</summary>
    public TimeSpan PauseAfter(int attempt)
    {
        var pause = firstPause.Ticks * Math.Pow(2, Math.Min(attempt - 1, MaxDoublings));
        return TimeSpan.FromTicks((long)Math.Min(pause, longestPause.Ticks));
    }

    /// <summary>
    /// After opening. One whose outcome is in doubt may have taken the epoch: where the tier chooses it, the next one is above it; one that was asked for would be
    /// refused the second time.
    /// </summary>
    public TierReaction AfterOpening(Exception failure, int attempt, ulong epoch) => KindOf(failure) switch
    {
        TierFailure.Transient when attempt < maxAttempts => TierReaction.Repeat,
        TierFailure.InDoubt when attempt < maxAttempts && epoch == 0 => TierReaction.Repeat,
        _ => TierReaction.GiveUp,
    };

    /// <summary>After a call that writes nothing.</summary>
    public TierReaction AfterRead(Exception failure, int attempt) => KindOf(failure) switch
    {
        TierFailure.Fenced => TierReaction.Stop,
        TierFailure.Transient or TierFailure.InDoubt when attempt < maxAttempts => TierReaction.Repeat,
        _ => TierReaction.GiveUp,
    };

    /// <summary>After a call that writes.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="attempt">The attempt, counted from 1.</param>
    /// <param name="mustSucceed">Whether there is no end to trying.</param>
    /// <param name="wasInDoubt">Whether an earlier attempt may still arrive: what is refused then may be refused because it has.</param>
    public TierReaction AfterWrite(Exception failure, int attempt, bool mustSucceed, bool wasInDoubt) => KindOf(failure) switch
    {
        TierFailure.Transient => MayRepeat(attempt, mustSucceed) ? TierReaction.Repeat : TierReaction.GiveUp,
        TierFailure.InDoubt when resolvesDoubt => MayRepeat(attempt, mustSucceed) ? TierReaction.Resolve : TierReaction.GiveUp,
        TierFailure.Fatal when wasInDoubt => TierReaction.Resolve,
        _ => TierReaction.Stop,
    };

    private static TierFailure? KindOf(Exception failure) => (failure as PersistentTierException)?.Failure;

    private bool MayRepeat(int attempt, bool mustSucceed) => mustSucceed || attempt < maxAttempts;
}
