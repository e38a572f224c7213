using MvStore.Tool.Git;

namespace MvStore.Tool.Storing;

/// <summary>The paths of a version that are not regular files, and their modes.</summary>
internal sealed class ModeTable
{
    private readonly Dictionary<byte[], int> _modes = new(ByteArrayComparer.Instance);

    /// <summary>The paths.</summary>
    public IReadOnlyCollection<byte[]> Paths => _modes.Keys;

    /// <summary>The mode of a path that exists.</summary>
    public int this[ReadOnlyMemory<byte> path] => _modes.GetValueOrDefault(path.ToArray(), GitMode.Regular);

    /// <summary>Enters a path.</summary>
    public void Add(ReadOnlyMemory<byte> path, int mode) => _modes.Add(path.ToArray(), mode);
}
