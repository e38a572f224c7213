namespace MvStore.Tests.Logging;

/// <summary>One operation on a disk.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Name">To which file.</param>
/// <param name="Offset">Where, if it was a write; the length, if it was a creation.</param>
/// <param name="Bytes">What was written.</param>
internal sealed record DiskOperation(DiskOperationKind Kind, string Name, long Offset, byte[] Bytes);
