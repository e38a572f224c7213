namespace MvStore.Contracts;

/// <summary>
/// Takes over every commit that is being published, in publication order. Called inside the sequencer's critical section: it must be
/// quick, must not wait, and must not call back.
/// </summary>
internal interface IPublicationSink
{
    /// <summary>Takes over one commit.</summary>
    void Add(PreparedCommit commit);
}
