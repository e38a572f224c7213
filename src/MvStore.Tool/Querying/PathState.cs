namespace MvStore.Tool.Querying;

/// <summary>A path at one version.</summary>
internal sealed record PathState(int Size, int Mode);
