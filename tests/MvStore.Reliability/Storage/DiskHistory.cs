namespace MvStore.Reliability.Storage;

/// <summary>What happened to a directory under test.</summary>
/// <param name="Initial">What it held, all of it on disk.</param>
/// <param name="Changes">What happened then, in order.</param>
internal sealed record DiskHistory(IReadOnlyList<KeyValuePair<string, byte[]>> Initial, IReadOnlyList<Change> Changes)
{
    /// <summary>The first changes.</summary>
    public DiskHistory Until(int position) => this with { Changes = [.. Changes.Take(position)] };
}
