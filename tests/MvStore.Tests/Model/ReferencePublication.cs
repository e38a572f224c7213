namespace MvStore.Tests.Model;

/// <summary>One commit that succeeded, in the order of publications.</summary>
internal readonly record struct ReferencePublication(ulong Version, ulong Sequence);
