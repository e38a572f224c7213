using MvStore.Sqlite;

namespace MvStore.Hosting.Binding;

/// <summary>How <see cref="SqliteTierOptions"/> are configured.</summary>
internal static class SqliteSettings
{
    /// <summary>Where, within the section of a store.</summary>
    public const string Group = "Sqlite";

    /// <summary>The setting that names the store's file. The options are made with it.</summary>
    public const string Path = "Path";

    /// <summary>The table.</summary>
    public static SettingTable<SqliteTierOptions> Table { get; } = new SettingTable<SqliteTierOptions>(Group)
        .Add(Path, static (_, _) => { })
        .Add("PageBytes", (o, text) => o.PageBytes = SettingText.ToSmallSize(text))
        .Add("WriteCacheBytes", (o, text) => o.WriteCacheBytes = SettingText.ToSize(text))
        .Add("ReadCacheBytes", (o, text) => o.ReadCacheBytes = SettingText.ToSize(text))
        .Add("MapBytes", (o, text) => o.MapBytes = SettingText.ToSize(text))
        .Add("MaxReadConnections", (o, text) => o.MaxReadConnections = SettingText.ToCount(text))
        .Add("CheckpointBytes", (o, text) => o.CheckpointBytes = SettingText.ToSize(text))
        .Add("SyncMark", (o, text) => o.SyncMark = SettingText.ToFlag(text))
        .Add("BusyTimeout", (o, text) => o.BusyTimeout = SettingText.ToDuration(text));
}
