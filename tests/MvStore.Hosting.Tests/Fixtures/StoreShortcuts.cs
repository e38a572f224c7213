using System.Text;

namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>Commits and reads with texts.</summary>
internal static class StoreShortcuts
{
    public static Task<CommitReceipt> SetAsync(this IMultiVersionStore store, ulong version, string key, string value)
        => store.CommitAsync(new WriteBatch().Set(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value)), version).Guarded();

    public static async Task<string?> TextAsync(this IMultiVersionStore store, string key)
        => await store.GetAsync(Encoding.UTF8.GetBytes(key), CommitVersion.Latest).Guarded() is { } row ? Encoding.UTF8.GetString(row.Value.Span) : null;
}
