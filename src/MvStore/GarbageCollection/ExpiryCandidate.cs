namespace MvStore.GarbageCollection;

/// <summary>A key that may be over.</summary>
/// <param name="Key">The key.</param>
/// <param name="Term">For how long it lives.</param>
internal readonly record struct ExpiryCandidate(ReadOnlyMemory<byte> Key, ExpiryTerm Term);
