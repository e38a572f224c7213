namespace MvStore.Tool.Verifying;

/// <summary>One difference between the store and git.</summary>
/// <param name="Version">The version.</param>
/// <param name="Commit">The commit git has there.</param>
/// <param name="Path">The path, or empty when the difference is not in one.</param>
/// <param name="What">What differs.</param>
internal sealed record Difference(ulong Version, string Commit, byte[] Path, string What);
