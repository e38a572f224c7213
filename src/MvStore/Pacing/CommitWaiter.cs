namespace MvStore.Pacing;

/// <summary>A commit that waits at the gate. Everything but the task belongs to the gate's lock.</summary>
internal sealed class CommitWaiter(long bytes, StallCounter stall, long since)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>What it needs.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>What it was first held up by.</summary>
    public StallCounter Stall { get; } = stall;

    /// <summary>When it began to wait, as a timestamp.</summary>
    public long Since { get; } = since;

    /// <summary>Its place in the queue; null once it is not in it any more.</summary>
    public LinkedListNode<CommitWaiter>? Place { get; set; }
}
