namespace MvStore.Contracts;

/// <summary>An entry and its key. The key's array is never written again.</summary>
internal readonly record struct KeyedEntry(byte[] Key, VersionEntry Entry);
