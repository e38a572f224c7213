namespace MvStore;

/// <summary>Tells which operators keep another history than is kept otherwise. Asked at each run of reclamation, from any thread; must be quick.</summary>
public interface IOperatorRetentionProvider
{
    /// <summary>
    /// The operators that differ, by their ids, as of now. What is returned must not change afterwards; a change is another object. One that is no longer
    /// listed keeps what is kept otherwise.
    /// </summary>
    IReadOnlyDictionary<ulong, Retention> Current { get; }
}
