namespace MvStore.Contracts;

/// <summary>What a cache has to know of the moment before the persistent tier was asked for a key.</summary>
/// <param name="Hash">The hash of the key.</param>
/// <param name="Stamp">Counts the changes of that part of the tier.</param>
/// <param name="IsCurrent">Whether the answer will be the newest entry of the key that the tier has.</param>
internal readonly record struct CacheTicket(ulong Hash, int Stamp, bool IsCurrent);
