namespace MvStore.Tool.Importing;

/// <summary>What one run of an import did.</summary>
/// <param name="FirstVersion">The first version it wrote, or would have written.</param>
/// <param name="LastVersion">The newest version of the store afterwards.</param>
/// <param name="Entries">Values and tombstones written.</param>
/// <param name="Bytes">Bytes of file contents written.</param>
internal sealed record ImportResult(ulong FirstVersion, ulong LastVersion, long Entries, long Bytes)
{
    /// <summary>Commits written.</summary>
    public ulong Commits => LastVersion - FirstVersion + 1;
}
