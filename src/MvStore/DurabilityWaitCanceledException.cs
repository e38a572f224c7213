namespace MvStore;

/// <summary>
/// The wait for durability was cancelled <b>after</b> the commit was published (contract A12): it is visible, stays visible, and will
/// become durable with a later flush. A commit cancelled before publication throws a plain <see cref="OperationCanceledException"/>
/// and leaves nothing.
/// </summary>
public sealed class DurabilityWaitCanceledException : OperationCanceledException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="version">The version waited for.</param>
    /// <param name="lastFailure">The last failed flush attempt, when that is why it took long.</param>
    /// <param name="cancellationToken">The token that cancelled.</param>
    public DurabilityWaitCanceledException(CommitVersion version, Exception? lastFailure, CancellationToken cancellationToken)
        : base($"The wait for version {version} to be durable was cancelled. What was published stays published.", lastFailure, cancellationToken)
        => Version = version;

    /// <summary>The version waited for.</summary>
    public CommitVersion Version { get; }
}
