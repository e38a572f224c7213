namespace MvStore.Contracts;

/// <summary>The leases, seen from the run of reclamation.</summary>
internal interface ILeaseExpiry
{
    /// <summary>
    /// Ends the leases that are past their limit: durably first, then their pins (I29). To be called before a run reads the pins. Until then what they see stays.
    /// </summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PersistentTierException">The persistent tier could not do it; their pins stay.</exception>
    ValueTask EndExpiredAsync(CancellationToken cancellationToken);
}
