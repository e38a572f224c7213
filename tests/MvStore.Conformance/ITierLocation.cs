namespace MvStore.Conformance;

/// <summary>
/// The one seam of the suites: a place where a tier keeps its data, empty when made. Has a parameterless constructor. Disposing it
/// removes the data.
/// </summary>
public interface ITierLocation : IAsyncDisposable
{
    /// <summary>Makes a tier over this place, not opened yet. The suites dispose one before they open the next, except where they say so.</summary>
    /// <returns>The tier.</returns>
    IPersistentTier CreateTier();
}
