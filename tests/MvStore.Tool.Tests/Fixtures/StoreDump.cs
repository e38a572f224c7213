using System.Security.Cryptography;
using MvStore.Sqlite;

namespace MvStore.Tool.Tests.Fixtures;

/// <summary>Opens stores behind the command's back.</summary>
internal static class StoreDump
{
    public static ValueTask<IMultiVersionStore> OpenAsync(string path) => new MvStoreBuilder().UseSqlite(path).OpenAsync();

    /// <summary>The version a store holds; 0 when it is not there.</summary>
    public static async Task<ulong> VersionAsync(string path)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        await using var store = await OpenAsync(path);
        return store.VisibleVersion.Value;
    }

    /// <summary>A digest of every version of every key: equal for stores that hold the same history.</summary>
    public static async Task<string> DigestAsync(string path)
    {
        await using var store = await OpenAsync(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var rows = 0;
        await foreach (var row in store.HistoryAsync(KeyRange.All, CommitVersion.Latest))
        {
            rows++;
            hash.AppendData(BitConverter.GetBytes(row.Key.Length));
            hash.AppendData(row.Key.Span);
            hash.AppendData(BitConverter.GetBytes(row.Version.Value));
            hash.AppendData(BitConverter.GetBytes(row.IsTombstone ? -1 : row.Value.Length));
            hash.AppendData(row.Value.Span);
        }

        return $"{store.VisibleVersion} versions, {rows} rows, {Convert.ToHexString(hash.GetHashAndReset())}";
    }
}
