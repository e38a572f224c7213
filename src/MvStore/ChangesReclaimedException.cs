namespace MvStore;

/// <summary>Changes were asked for of which reclamation may have removed some. Nothing was skipped silently: begin anew with the present state, and hold the changes from then on.</summary>
public sealed class ChangesReclaimedException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="after">The position that was asked for.</param>
    /// <param name="oldest">The last publication whose changes need not be whole any more.</param>
    public ChangesReclaimedException(ulong after, ulong oldest)
        : base($"Changes behind publication {after} may have been reclaimed: they are whole behind publication {oldest} only. Begin anew with the present state, and hold the changes from then on.")
    {
        After = after;
        Oldest = oldest;
    }

    /// <summary>The publication to go on behind.</summary>
    public ulong After { get; }

    /// <summary>The last publication whose changes need not be whole any more.</summary>
    public ulong Oldest { get; }
}
