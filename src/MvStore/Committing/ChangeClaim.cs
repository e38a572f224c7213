using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>A claim to what was published behind a publication; compared by reference.</summary>
internal sealed class ChangeClaim(ulong after)
{
    // Owner: who makes the claim, once its hold is noted. Release store; readers acquire.
    private AgeLimit? _limit;

    /// <summary>The publication.</summary>
    public ulong After { get; } = after;

    /// <summary>When its hold lapses: a run of reclamation then ends it first. Null as long as there is no limit.</summary>
    public AgeLimit? Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }
}
