namespace MvStore.Tool.Querying;

/// <summary>A path that is not the same at two versions.</summary>
/// <param name="Path">The bytes of the path.</param>
/// <param name="Old">What it was, or null when it did not exist.</param>
/// <param name="New">What it is, or null when it does not exist.</param>
internal sealed record PathDifference(ReadOnlyMemory<byte> Path, PathState? Old, PathState? New)
{
    /// <summary>One letter, as git has it: A, M or D.</summary>
    public char Letter => Old is null ? 'A' : New is null ? 'D' : 'M';

    /// <summary>The word for the letter.</summary>
    public string Word => Old is null ? "added" : New is null ? "deleted" : "modified";
}
