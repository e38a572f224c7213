namespace MvStore.Tool.Querying;

/// <summary>What a version did to a path.</summary>
/// <param name="Version">The version.</param>
/// <param name="Size">The size of the content at that version, or null when the path was deleted.</param>
/// <param name="Mode">The mode at that version.</param>
internal readonly record struct PathEvent(CommitVersion Version, int? Size, int Mode)
{
    /// <summary>Whether the path was deleted.</summary>
    public bool IsDeletion => Size is null;
}
