namespace MvStore.Tool.Git;

/// <summary>One path of a commit's tree.</summary>
/// <param name="Path">The bytes of the path.</param>
/// <param name="Mode">The mode.</param>
/// <param name="Id">The object: a blob, or for a submodule the commit of another repository.</param>
internal sealed record TreeEntry(byte[] Path, int Mode, string Id);
