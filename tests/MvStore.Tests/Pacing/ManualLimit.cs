using MvStore.Contracts;

namespace MvStore.Tests.Pacing;

/// <summary>Something that commits run out of, as a test says.</summary>
internal sealed class ManualLimit(StallReason reason, long limit, long soft) : ICommitLimit
{
    public StallReason Reason => reason;

    public long LimitBytes => limit;

    public long SoftBytes => soft;

    public long UsedBytes { get; set; }

    public Exception? Obstacle { get; set; }

    /// <summary>How often room was asked for.</summary>
    public int Asked { get; private set; }

    public void AskForRoom() => Asked++;
}
