using MvStore.Comparisons.Versioning;

namespace MvStore.Comparisons.Sqlite;

/// <summary>A row on its way to disk. Ordered as the table is: by key, the newest version first.</summary>
internal readonly record struct GatheredRow(FixedKey Key, ulong Version, byte[] Value) : IComparable<GatheredRow>
{
    public int CompareTo(GatheredRow other)
    {
        var order = Key.CompareTo(other.Key);
        return order != 0 ? order : other.Version.CompareTo(Version);
    }
}
