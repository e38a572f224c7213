using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// A prepared commit together with its place in the sequencer's queue: one object, because every commit needs both. Every mutable member is owned by
/// the sequencer's critical section.
/// </summary>
internal sealed class InFlightCommit(CommitVersion version, PreparedEntry[] entries, int entryCount, int dropCount)
    : PreparedCommit(version, entries, entryCount, dropCount)
{
    private TaskCompletionSource? _published;

    /// <summary>The next commit in a list of the sequencer's.</summary>
    public InFlightCommit? Next { get; set; }

    /// <summary>Whether its version was above all published ones when it began.</summary>
    public bool IsFresh { get; set; }

    /// <summary>Whether its committer is through with it.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether it failed and is published as a no-op (I1).</summary>
    public bool IsAborted { get; set; }

    /// <summary>Whether it was published before, by an owner that did not flush it.</summary>
    public bool IsReplayed { get; set; }

    /// <summary>The watch that must not be overtaken when this begins; null for none. Set before it begins, by who commits.</summary>
    public CommitWatch? Watch { get; set; }

    /// <summary>Where it is to be copied for those who follow changes; null if nobody does, and once they have it.</summary>
    public ChangeRing? Ring { get; set; }

    /// <summary>Where its part of <see cref="Ring"/> begins.</summary>
    public long RingStart { get; set; }

    /// <summary>Whether somebody waits for its publication.</summary>
    public bool IsAwaited => _published is not null;

    /// <summary>Completes when it is published. Call inside the critical section, before it is.</summary>
    public Task WhenPublished()
        => (_published ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Wakes whoever waits for the publication. Once, when <see cref="IsAwaited"/> and published.</summary>
    public void OnPublished() => _published?.SetResult();
}
