namespace MvStore.Hosting.Binding;

/// <summary>How <see cref="MvStoreHostingOptions"/> are configured.</summary>
internal static class HostingSettings
{
    /// <summary>Where, within the section of a store.</summary>
    public const string Group = "Hosting";

    /// <summary>The table.</summary>
    public static SettingTable<MvStoreHostingOptions> Table { get; } = new SettingTable<MvStoreHostingOptions>(Group)
        .Add("ShutdownTimeout", (o, text) => o.ShutdownTimeout = SettingText.ToDuration(text));
}
