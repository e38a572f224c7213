namespace MvStore.Contracts;

/// <summary>
/// One thing that commits may run out of, such as memory, seen from the gate where they wait for it. Another reason for backpressure is another one of these.
/// Asked under the gate's lock, also inside the sequencer's critical section: must be quick, must not wait, must not call back.
/// </summary>
internal interface ICommitLimit
{
    /// <summary>What a stall is counted under.</summary>
    StallReason Reason { get; }

    /// <summary>What may be in use. Never changes.</summary>
    long LimitBytes { get; }

    /// <summary>From where on room is to be made. At most the limit. Never changes.</summary>
    long SoftBytes { get; }

    /// <summary>What is in use, measured now. May look at a few dozen places.</summary>
    long UsedBytes { get; }

    /// <summary>The failure that keeps room from being made, if one is known.</summary>
    Exception? Obstacle { get; }

    /// <summary>Asks whoever can make room to do so. May be asked again and again.</summary>
    void AskForRoom();
}
