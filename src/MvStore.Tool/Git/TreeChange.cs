namespace MvStore.Tool.Git;

/// <summary>How one path differs between a commit and its first parent.</summary>
/// <param name="Path">The bytes of the path; anything but NUL.</param>
/// <param name="OldMode">The mode before, or <see cref="GitMode.None"/> when the path is new.</param>
/// <param name="NewMode">The mode after, or <see cref="GitMode.None"/> when the path is gone.</param>
/// <param name="OldId">The object before.</param>
/// <param name="NewId">The object after.</param>
internal sealed record TreeChange(byte[] Path, int OldMode, int NewMode, string OldId, string NewId)
{
    /// <summary>Whether the path is gone.</summary>
    public bool IsDeletion => NewMode == GitMode.None;

    /// <summary>Whether the new content is the id of another repository's commit instead of a blob.</summary>
    public bool IsSubmodule => NewMode == GitMode.Submodule;

    /// <summary>Whether the content is to be read from git: the path exists, and not only its mode has changed.</summary>
    public bool NeedsBlob
        => !IsDeletion && !IsSubmodule && (OldMode is GitMode.None or GitMode.Submodule || OldId != NewId);
}
