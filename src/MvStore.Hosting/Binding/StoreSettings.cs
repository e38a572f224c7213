namespace MvStore.Hosting.Binding;

/// <summary>How <see cref="MvStoreOptions"/> are configured: all that have a text. <see cref="CommitLogOptions.DefaultDirectory"/> is said by the tier.</summary>
internal static class StoreSettings
{
    /// <summary>The table.</summary>
    public static SettingTable<MvStoreOptions> Table { get; } = Create();

    private static SettingTable<MvStoreOptions> Create()
    {
        var table = new SettingTable<MvStoreOptions>(null, SqliteSettings.Group, HostingSettings.Group, HealthSettings.Group);
        table.Add("Name", (o, text) => o.Name = text ?? string.Empty);
        AddBuffer(table);
        AddFlush(table);
        AddGarbageCollection(table);
        AddPersistence(table);
        AddCommitLog(table);
        return table;
    }

    private static void AddBuffer(SettingTable<MvStoreOptions> table)
        => table
            .Add("Buffer:MaxKeyLength", (o, text) => o.Buffer.MaxKeyLength = SettingText.ToSmallSize(text))
            .Add("Buffer:MaxValueLength", (o, text) => o.Buffer.MaxValueLength = SettingText.ToSmallSize(text))
            .Add("Buffer:MemoryBudget", (o, text) => o.Buffer.MemoryBudget = SettingText.ToOptional(text, SettingText.ToSize))
            .Add("Buffer:HardLimit", (o, text) => o.Buffer.HardLimit = SettingText.ToOptional(text, SettingText.ToSize))
            .Add("Buffer:SoftLimit", (o, text) => o.Buffer.SoftLimit = SettingText.ToFraction(text))
            .Add("Buffer:SlowsCommits", (o, text) => o.Buffer.SlowsCommits = SettingText.ToFlag(text))
            .Add("Buffer:MaxStall", (o, text) => o.Buffer.MaxStall = SettingText.ToDuration(text));

    private static void AddFlush(SettingTable<MvStoreOptions> table)
        => table
            .Add("Flush:MaxBytes", (o, text) => o.Flush.MaxBytes = SettingText.ToSize(text))
            .Add("Flush:MaxEntries", (o, text) => o.Flush.MaxEntries = SettingText.ToCount(text))
            .Add("Flush:MaxAge", (o, text) => o.Flush.MaxAge = SettingText.ToDuration(text))
            .Add("Flush:MaxSliceBytes", (o, text) => o.Flush.MaxSliceBytes = SettingText.ToSize(text))
            .Add("Flush:RetryDelay", (o, text) => o.Flush.RetryDelay = SettingText.ToDuration(text))
            .Add("Flush:MaxRetryDelay", (o, text) => o.Flush.MaxRetryDelay = SettingText.ToDuration(text))
            .Add("Flush:DisposeTimeout", (o, text) => o.Flush.DisposeTimeout = SettingText.ToDuration(text));

    private static void AddGarbageCollection(SettingTable<MvStoreOptions> table)
        => table
            .Add("GarbageCollection:RetainVersions", (o, text) => o.GarbageCollection.RetainVersions = SettingText.ToOptional(text, SettingText.ToUnsigned))
            .AddFamily(
                "GarbageCollection:RetainVersionsByKind:",
                (o, kind, text) => o.GarbageCollection.RetainVersionsByKind[SettingText.ToKind(kind)] = SettingText.ToOptional(text, SettingText.ToUnsigned))
            .Add("GarbageCollection:RetainAge", (o, text) => o.GarbageCollection.RetainAge = SettingText.ToOptional(text, SettingText.ToDuration))
            .Add("GarbageCollection:RetainPerKey", (o, text) => o.GarbageCollection.RetainPerKey = SettingText.ToCount(text))
            .AddFamily("GarbageCollection:RetainByKind:", SetRetention)
            .Add("GarbageCollection:ReclaimDeletedKeys", (o, text) => o.GarbageCollection.ReclaimDeletedKeys = SettingText.ToFlag(text))
            .Add("GarbageCollection:TimeResolution", (o, text) => o.GarbageCollection.TimeResolution = SettingText.ToDuration(text))
            .Add("GarbageCollection:MaxGarbageShare", (o, text) => o.GarbageCollection.MaxGarbageShare = SettingText.ToFraction(text))
            .Add("GarbageCollection:ExpiryKeysPerRun", (o, text) => o.GarbageCollection.ExpiryKeysPerRun = SettingText.ToCount(text))
            .Add("GarbageCollection:Interval", (o, text) => o.GarbageCollection.Interval = SettingText.ToDuration(text));

    private static void AddPersistence(SettingTable<MvStoreOptions> table)
        => table
            .Add("Persistence:ReadPageRows", (o, text) => o.Persistence.ReadPageRows = SettingText.ToCount(text))
            .Add("Persistence:ReadPageBytes", (o, text) => o.Persistence.ReadPageBytes = SettingText.ToSize(text))
            .Add("Persistence:Epoch", (o, text) => o.Persistence.Epoch = SettingText.ToUnsigned(text))
            .Add("Persistence:MaxAttempts", (o, text) => o.Persistence.MaxAttempts = SettingText.ToCount(text))
            .Add("Persistence:MaxSkippedPerPage", (o, text) => o.Persistence.MaxSkippedPerPage = SettingText.ToCount(text))
            .Add("Persistence:ReclaimStepVersions", (o, text) => o.Persistence.ReclaimStepVersions = SettingText.ToCount(text))
            .Add("Persistence:MaxKeyFilterBytes", (o, text) => o.Persistence.MaxKeyFilterBytes = SettingText.ToOptional(text, SettingText.ToSize))
            .Add("Persistence:MaxReadCacheBytes", (o, text) => o.Persistence.MaxReadCacheBytes = SettingText.ToOptional(text, SettingText.ToSize));

    private static void AddCommitLog(SettingTable<MvStoreOptions> table)
        => table
            .Add("CommitLog:Enabled", (o, text) => o.CommitLog.Enabled = SettingText.ToFlag(text))
            .Add("CommitLog:Directory", (o, text) => o.CommitLog.Directory = string.IsNullOrEmpty(text) ? null : text)
            .Add("CommitLog:SegmentBytes", (o, text) => o.CommitLog.SegmentBytes = SettingText.ToSmallSize(text))
            .Add("CommitLog:MaxBytes", (o, text) => o.CommitLog.MaxBytes = SettingText.ToSize(text))
            .Add("CommitLog:FlushAge", (o, text) => o.CommitLog.FlushAge = SettingText.ToDuration(text))
            .Add("CommitLog:WriteDelay", (o, text) => o.CommitLog.WriteDelay = SettingText.ToDuration(text))
            .Add("CommitLog:WriteBytes", (o, text) => o.CommitLog.WriteBytes = SettingText.ToSmallSize(text))
            .Add("CommitLog:MinimumDurability", (o, text) => o.CommitLog.MinimumDurability = SettingText.ToChoice<Durability>(text))
            .Add("CommitLog:OnDamage", (o, text) => o.CommitLog.OnDamage = SettingText.ToChoice<CommitLogDamage>(text));

    // A retention cannot be changed, so each of its settings makes a new one from the one before.
    private static void SetRetention(MvStoreOptions options, string name, string? text)
    {
        var end = name.IndexOf(':', StringComparison.Ordinal);
        var kind = SettingText.ToKind(end < 0 ? name : name[..end]);
        var byKind = options.GarbageCollection.RetainByKind;
        var before = byKind.TryGetValue(kind, out var own) ? own : Retention.Everything;
        var versions = before.Versions;
        var age = before.Age;
        var perKey = before.PerKey;
        var keepsDeletedKeys = before.KeepsDeletedKeys;
        var life = before.TimeToLive;
        switch (name[(end + 1)..].ToUpperInvariant())
        {
            case "VERSIONS":
                versions = SettingText.ToOptional(text, SettingText.ToUnsigned);
                break;
            case "AGE":
                age = SettingText.ToOptional(text, SettingText.ToDuration);
                break;
            case "PERKEY":
                perKey = SettingText.ToCount(text);
                break;
            case "KEEPSDELETEDKEYS":
                keepsDeletedKeys = SettingText.ToFlag(text);
                break;
            case "TIMETOLIVE:DURATION":
                life = ToLife(SettingText.ToOptional(text, SettingText.ToDuration), life?.From ?? TimeToLiveStart.LastUpdate);
                break;
            case "TIMETOLIVE:FROM":
                // Sections are read in the order of names, so the duration is known.
                var from = SettingText.ToChoice<TimeToLiveStart>(text);
                life = ToLife(life?.Duration ?? throw new FormatException("nothing without TimeToLive:Duration"), from);
                break;
            default:
                throw new FormatException("one of Versions, Age, PerKey, KeepsDeletedKeys, TimeToLive:Duration and TimeToLive:From, below the kind of keys");
        }

        byKind[kind] = new Retention(versions, age, perKey) { KeepsDeletedKeys = keepsDeletedKeys, TimeToLive = life };
    }

    private static TimeToLive? ToLife(TimeSpan? duration, TimeToLiveStart from) => duration is { } given ? new TimeToLive(given, from) : null;
}
