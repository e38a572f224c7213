namespace MvStore.Conformance;

/// <summary>
/// The one seam of the suites: a place where a tier keeps its data, empty when made. Has a parameterless constructor. Disposing it
/// removes the data.
/// </summary>
public interface ITierLocation : IAsyncDisposable
{
    /// <summary>
    /// Whether the data can be opened while it has an owner, who is then fenced off. If not, opening it is refused with
    /// <see cref="StoreInUseException"/>.
    /// </summary>
    /// <value>Default false.</value>
    bool AllowsTakeover => false;

    /// <summary>Makes a tier over this place, not opened yet. The suites dispose one before they open the next, except where they say so.</summary>
    /// <returns>The tier.</returns>
    IPersistentTier CreateTier();
}
