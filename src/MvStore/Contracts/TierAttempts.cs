using System.Runtime.ExceptionServices;

namespace MvStore.Contracts;

/// <summary>What is known of the attempts of one write. Belongs to who makes them.</summary>
internal sealed class TierAttempts
{
    private ExceptionDispatchInfo? _refusal;

    /// <summary>How many have begun.</summary>
    public int Count { get; set; }

    /// <summary>Whether one may still arrive.</summary>
    public bool WasInDoubt { get; private set; }

    /// <summary>Whether the tier is to be asked before the next one.</summary>
    public bool MustAsk { get; private set; }

    /// <summary>The last one has failed, and the write goes on.</summary>
    public void NoteFailure(Exception failure, TierReaction reaction)
    {
        if (reaction != TierReaction.Resolve)
        {
            return;
        }

        MustAsk = true;
        WasInDoubt = true;
        if (failure is PersistentTierException { Failure: TierFailure.Fatal })
        {
            _refusal = ExceptionDispatchInfo.Capture(failure);
        }
    }

    /// <summary>The tier says that none has arrived. A refusal is then what it says.</summary>
    public void NoteNotArrived()
    {
        MustAsk = false;
        if (_refusal is { } refusal)
        {
            WasInDoubt = false;
            refusal.Throw();
        }
    }
}
