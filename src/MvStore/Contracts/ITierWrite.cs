namespace MvStore.Contracts;

/// <summary>One write to the persistent tier that is repeated until it has succeeded; called by <see cref="TierWrites"/> alone, one member at a time.</summary>
internal interface ITierWrite
{
    /// <summary>An attempt begins; counted from 1.</summary>
    void Begin(int attempt);

    /// <summary>Makes the attempt.</summary>
    ValueTask RunAsync(CancellationToken cancellationToken);

    /// <summary>Asks the tier whether an earlier attempt has arrived.</summary>
    ValueTask<bool> HasArrivedAsync(CancellationToken cancellationToken);

    /// <summary>The attempt has succeeded, or an earlier one has arrived.</summary>
    void Succeed(int attempt);

    /// <summary>The attempt has failed.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="failure">How.</param>
    /// <param name="isRepeated">Whether another one follows.</param>
    void Fail(int attempt, Exception failure, bool isRepeated);
}
