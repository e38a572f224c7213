using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>A commit between begin and publication. Every mutable member is owned by the sequencer's critical section.</summary>
internal sealed class InFlightCommit(PreparedCommit commit, bool isFresh)
{
    private TaskCompletionSource? _published;

    /// <summary>What is being committed.</summary>
    public PreparedCommit Commit { get; } = commit;

    /// <summary>Whether its version was above all published ones when it began.</summary>
    public bool IsFresh { get; } = isFresh;

    /// <summary>Whether its committer is through with it.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether it failed and is published as a no-op (I1).</summary>
    public bool IsAborted { get; set; }

    /// <summary>Completes when it is published. Call inside the critical section, before it is.</summary>
    public Task WhenPublished()
        => (_published ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Wakes whoever waits for the publication.</summary>
    public void OnPublished() => _published?.SetResult();
}
