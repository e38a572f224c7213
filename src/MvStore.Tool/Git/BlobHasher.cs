using System.Security.Cryptography;
using System.Text;

namespace MvStore.Tool.Git;

/// <summary>Names content as git does: the hash of <c>blob &lt;length&gt;\0</c> and the content. Equal names prove equal bytes.</summary>
internal sealed class BlobHasher : IDisposable
{
    private readonly IncrementalHash _hash;

    /// <param name="objectFormat">The repository's: <c>sha1</c> or <c>sha256</c>.</param>
    public BlobHasher(string objectFormat)
        => _hash = objectFormat switch
        {
            "sha1" => IncrementalHash.CreateHash(HashAlgorithmName.SHA1),
            "sha256" => IncrementalHash.CreateHash(HashAlgorithmName.SHA256),
            _ => throw new GitException($"The repository names objects by '{objectFormat}', which is not known here."),
        };

    /// <summary>The object id of content.</summary>
    public string Name(ReadOnlySpan<byte> content)
    {
        _hash.AppendData(Encoding.ASCII.GetBytes($"blob {content.Length}\0"));
        _hash.AppendData(content);
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    /// <summary>Releases the hash.</summary>
    public void Dispose() => _hash.Dispose();
}
