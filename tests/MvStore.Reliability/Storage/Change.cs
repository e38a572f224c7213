namespace MvStore.Reliability.Storage;

/// <summary>One change of a directory under test.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="File">The name of the file; empty for the directory.</param>
/// <param name="Number">The offset of a write, the length of a truncation.</param>
/// <param name="Data">What was written.</param>
/// <param name="NewName">The name after a renaming.</param>
internal sealed record Change(ChangeKind Kind, string File, long Number = 0, byte[]? Data = null, string? NewName = null);
