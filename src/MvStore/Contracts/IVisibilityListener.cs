namespace MvStore.Contracts;

/// <summary>Is told when the visible version rose; another one, in the same way, the sequence of the last publication. Called inside the sequencer's critical section: it must be quick, must not wait, and must not call back.</summary>
internal interface IVisibilityListener
{
    /// <summary>The visible version, or the sequence, never lower than the one before; it can be read already.</summary>
    void Advance(CommitVersion visible);
}
