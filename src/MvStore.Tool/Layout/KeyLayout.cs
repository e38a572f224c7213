using System.Buffers.Binary;

namespace MvStore.Tool.Layout;

/// <summary>
/// How a git history lies in the store. Commit number <c>v</c> of the first-parent chain, root first and counted from 1, is version
/// <c>v</c>. Three kinds of keys, told apart by their first two bytes:
/// <list type="table">
/// <listheader><term>key</term><description>value</description></listheader>
/// <item>
/// <term><c>c/</c> + the version as 8 bytes, big-endian</term>
/// <description>the commit (<see cref="CommitRecord"/>); written at that version and never again</description>
/// </item>
/// <item>
/// <term><c>f/</c> + the bytes of the path</term>
/// <description>the blob; a symbolic link's target; the commit id of a submodule, in hexadecimal</description>
/// </item>
/// <item>
/// <term><c>m/</c> + the bytes of the path</term>
/// <description>the mode, six octal digits; absent for a regular file (100644)</description>
/// </item>
/// </list>
/// Paths are taken as they are: any bytes but NUL, no escaping, so keys sort as git sorts paths. A path that is gone is a tombstone; an
/// empty file is an empty value. A key is written only at the versions that changed it: a change of mode alone leaves <c>f/</c> alone.
/// </summary>
internal static class KeyLayout
{
    private const int PrefixLength = 2;

    /// <summary>Begins the keys of commits.</summary>
    public static ReadOnlySpan<byte> CommitPrefix => "c/"u8;

    /// <summary>Begins the keys of contents.</summary>
    public static ReadOnlySpan<byte> FilePrefix => "f/"u8;

    /// <summary>Begins the keys of modes.</summary>
    public static ReadOnlySpan<byte> ModePrefix => "m/"u8;

    /// <summary>The key of a version's commit.</summary>
    public static byte[] Commit(CommitVersion version)
    {
        var key = new byte[PrefixLength + sizeof(ulong)];
        CommitPrefix.CopyTo(key);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(PrefixLength), version.Value);
        return key;
    }

    /// <summary>The key of a path's content.</summary>
    public static byte[] File(ReadOnlySpan<byte> path) => [.. FilePrefix, .. path];

    /// <summary>The key of a path's mode.</summary>
    public static byte[] Mode(ReadOnlySpan<byte> path) => [.. ModePrefix, .. path];

    /// <summary>The path in a key made by <see cref="File"/> or <see cref="Mode"/>.</summary>
    public static ReadOnlyMemory<byte> PathOf(ReadOnlyMemory<byte> key) => key[PrefixLength..];
}
