namespace MvStore.Hosting.Binding;

/// <summary>How <see cref="MvStoreHealthOptions"/> are configured.</summary>
internal static class HealthSettings
{
    /// <summary>Where, within the section of a store.</summary>
    public const string Group = "Health";

    /// <summary>The table.</summary>
    public static SettingTable<MvStoreHealthOptions> Table { get; } = new SettingTable<MvStoreHealthOptions>(Group)
        .Add("MaxUnflushedAge", (o, text) => o.MaxUnflushedAge = SettingText.ToOptional(text, SettingText.ToDuration))
        .Add("MaxUndurableCommits", (o, text) => o.MaxUndurableCommits = SettingText.ToOptional(text, SettingText.ToLongCount))
        .Add("MaxWaitingCommits", (o, text) => o.MaxWaitingCommits = SettingText.ToOptional(text, SettingText.ToCount))
        .Add("MaxSnapshotAge", (o, text) => o.MaxSnapshotAge = SettingText.ToOptional(text, SettingText.ToDuration))
        .Add("MaxLeaseAge", (o, text) => o.MaxLeaseAge = SettingText.ToOptional(text, SettingText.ToDuration));
}
