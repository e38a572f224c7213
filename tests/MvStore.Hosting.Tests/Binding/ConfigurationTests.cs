using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MvStore.Hosting.Binding;
using MvStore.Hosting.Tests.Fixtures;
using MvStore.Sqlite;

namespace MvStore.Hosting.Tests.Binding;

/// <summary>Settings from configuration: all of them, each with its own value.</summary>
public sealed class ConfigurationTests
{
    // A text other than the default, and what it means.
    private static readonly Dictionary<string, (string Text, object? Value)> Samples = new()
    {
        ["Name"] = ("sample", "sample"),
        ["Buffer:MaxKeyLength"] = ("1 KiB", 1_024),
        ["Buffer:MaxValueLength"] = ("1 MiB", 1_048_576),
        ["Buffer:MemoryBudget"] = ("64 MiB", 67_108_864L),
        ["Buffer:HardLimit"] = ("128 MiB", 134_217_728L),
        ["Buffer:SoftLimit"] = ("0.5", 0.5),
        ["Buffer:SlowsCommits"] = ("false", false),
        ["Buffer:MaxStall"] = ("3 s", TimeSpan.FromSeconds(3)),
        ["Flush:MaxBytes"] = ("5 MiB", 5_242_880L),
        ["Flush:MaxEntries"] = ("77", 77),
        ["Flush:MaxAge"] = ("Infinite", Timeout.InfiniteTimeSpan),
        ["Flush:MaxSliceBytes"] = ("6 MiB", 6_291_456L),
        ["Flush:RetryDelay"] = ("60 ms", TimeSpan.FromMilliseconds(60)),
        ["Flush:MaxRetryDelay"] = ("00:00:06", TimeSpan.FromSeconds(6)),
        ["Flush:DisposeTimeout"] = ("7 s", TimeSpan.FromSeconds(7)),
        ["GarbageCollection:RetainVersions"] = ("1000", 1_000UL),
        ["GarbageCollection:RetainAge"] = ("7 d", TimeSpan.FromDays(7)),
        ["GarbageCollection:RetainPerKey"] = ("2", 2),
        ["GarbageCollection:ReclaimDeletedKeys"] = ("false", false),
        ["GarbageCollection:TimeResolution"] = ("1 s", TimeSpan.FromSeconds(1)),
        ["GarbageCollection:Interval"] = ("2 s", TimeSpan.FromSeconds(2)),
        ["GarbageCollection:MaxGarbageShare"] = ("0.25", 0.25),
        ["GarbageCollection:ExpiryKeysPerRun"] = ("17", 17),
        ["Persistence:ReadPageRows"] = ("8", 8),
        ["Persistence:ReadPageBytes"] = ("9 KiB", 9_216L),
        ["Persistence:Epoch"] = ("10", 10UL),
        ["Persistence:MaxAttempts"] = ("11", 11),
        ["Persistence:MaxSkippedPerPage"] = ("12", 12),
        ["Persistence:ReclaimStepVersions"] = ("13", 13),
        ["Persistence:MaxKeyFilterBytes"] = ("0", 0L),
        ["Persistence:MaxReadCacheBytes"] = ("1 MiB", 1_048_576L),
        ["CommitLog:Enabled"] = ("false", false),
        ["CommitLog:Directory"] = ("logs", "logs"),
        ["CommitLog:SegmentBytes"] = ("2 MiB", 2_097_152),
        ["CommitLog:MaxBytes"] = ("16 GiB", 17_179_869_184L),
        ["CommitLog:FlushAge"] = ("14 s", TimeSpan.FromSeconds(14)),
        ["CommitLog:WriteDelay"] = ("15 ms", TimeSpan.FromMilliseconds(15)),
        ["CommitLog:WriteBytes"] = ("16 KiB", 16_384),
        ["CommitLog:MinimumDurability"] = ("logged", Durability.Logged),
        ["CommitLog:OnDamage"] = ("KeepPrefix", CommitLogDamage.KeepPrefix),
    };

    // What has no text, or is for those who write a tier.
    private static readonly string[] NotConfigured = ["CommitLog:Progress", "CommitLog:DefaultDirectory"];

    private static readonly string[] ByKind = ["GarbageCollection:RetainVersionsByKind", "GarbageCollection:RetainByKind"];

    public static TheoryData<string> Names => [.. Samples.Keys];

    [Fact]
    public void EverySettingOfAStoreCanBeConfigured()
    {
        var settings = typeof(MvStoreOptions).GetProperties()
            .SelectMany(part => part.SetMethod is { IsPublic: true }
                ? [part.Name]
                : part.PropertyType.GetProperties().Where(setting => setting.GetMethod!.IsPublic).Select(setting => $"{part.Name}:{setting.Name}"))
            .ToArray();

        StoreSettings.Table.Names.Should().BeEquivalentTo(settings.Except(NotConfigured).Except(ByKind));
        StoreSettings.Table.Families.Should().BeEquivalentTo(ByKind.Select(name => name + ":"));
        settings.Should().Contain(NotConfigured).And.Contain(ByKind);
        Samples.Keys.Should().BeEquivalentTo(StoreSettings.Table.Names);
    }

    [Fact]
    public void EverySettingOfTheRestCanBeConfigured()
    {
        SqliteSettings.Table.Names.Should().BeEquivalentTo(typeof(SqliteTierOptions).GetProperties().Select(setting => setting.Name));
        HostingSettings.Table.Names.Should().BeEquivalentTo(typeof(MvStoreHostingOptions).GetProperties().Select(setting => setting.Name));
        HealthSettings.Table.Names.Should().BeEquivalentTo(typeof(MvStoreHealthOptions).GetProperties().Select(setting => setting.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ASettingIsReadAndNoOtherChanges(string name)
    {
        var (text, value) = Samples[name];
        await using var host = TestHost.BuildConfigured((name, text));

        var options = OptionsOf<MvStoreOptions>(host);

        var untouched = new MvStoreOptions { Name = "orders" };
        ValueOf(options, name).Should().Be(value).And.NotBe(ValueOf(untouched, name));
        foreach (var other in Samples.Keys.Where(other => other != name))
        {
            ValueOf(options, other).Should().Be(ValueOf(untouched, other), other);
        }
    }

    [Fact]
    public async Task KindsOfKeysHaveTheirOwn()
    {
        await using var host = TestHost.BuildConfigured(
            ("GarbageCollection:RetainVersionsByKind:operator(7)", "1"),
            ("GarbageCollection:RetainVersionsByKind:source(3)", ""),
            ("GarbageCollection:RetainByKind:multi:Versions", "100"),
            ("GarbageCollection:RetainByKind:multi:Age", "2 h"),
            ("GarbageCollection:RetainByKind:multi:PerKey", "3"),
            ("GarbageCollection:RetainByKind:multi:KeepsDeletedKeys", "true"),
            ("GarbageCollection:RetainByKind:multi:TimeToLive:From", "creation"),
            ("GarbageCollection:RetainByKind:multi:TimeToLive:Duration", "30 d"),
            ("GarbageCollection:RetainByKind:operator(8):TimeToLive:Duration", "1 h"),
            ("GarbageCollection:RetainByKind:operator(9):TimeToLive:Duration", ""));

        var options = OptionsOf<MvStoreOptions>(host).GarbageCollection;

        options.RetainVersionsByKind.Should().BeEquivalentTo(new Dictionary<EntryKind, ulong?> { [EntryKind.Operator(7)] = 1, [EntryKind.Source(3)] = null });
        var own = options.RetainByKind.Should().ContainKey(EntryKind.Multi).WhoseValue;
        (own.Versions, own.Age, own.PerKey, own.KeepsDeletedKeys).Should().Be((100UL, TimeSpan.FromHours(2), 3, true));
        own.TimeToLive.Should().BeEquivalentTo(new TimeToLive(TimeSpan.FromDays(30), TimeToLiveStart.Creation));
        options.RetainByKind[EntryKind.Operator(8)].TimeToLive.Should().BeEquivalentTo(new TimeToLive(TimeSpan.FromHours(1)));
        options.RetainByKind[EntryKind.Operator(9)].TimeToLive.Should().BeNull();
    }

    [Fact]
    public async Task NothingIsNull()
    {
        await using var host = TestHost.BuildConfigured(
            ("Buffer:MemoryBudget", ""), ("GarbageCollection:RetainAge", null), ("Health:MaxSnapshotAge", ""), ("Health:MaxWaitingCommits", null), ("Buffer", null));

        OptionsOf<MvStoreOptions>(host).Buffer.MemoryBudget.Should().BeNull();
        OptionsOf<MvStoreHealthOptions>(host).MaxSnapshotAge.Should().BeNull();
        OptionsOf<MvStoreHealthOptions>(host).MaxWaitingCommits.Should().BeNull();
        OptionsOf<MvStoreHealthOptions>(host).MaxLeaseAge.Should().Be(TimeSpan.FromDays(1), "the default stays where nothing is configured");
    }

    [Fact]
    public async Task TheLastOneCounts()
    {
        await using var host = TestHost.Build(builder =>
        {
            builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("S:Buffer:MaxKeyLength", (string?)"20"), KeyValuePair.Create("S:Flush:MaxEntries", (string?)"20")]);
            builder.Services.AddMvStore()
                .Configure(o => o.Buffer.MaxKeyLength = 10)
                .Bind(builder.Configuration.GetSection("S"))
                .Configure(o => o.Flush.MaxEntries = 30);
        });

        var options = host.Running.Services.GetRequiredService<IOptionsMonitor<MvStoreOptions>>().CurrentValue;
        options.Buffer.MaxKeyLength.Should().Be(20);
        options.Flush.MaxEntries.Should().Be(30);
        options.Name.Should().Be("mvstore");
    }

    [Fact]
    public async Task SqliteIsConfigured()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("orders.db");
        await using var host = TestHost.BuildConfigured(("Sqlite:Path", path), ("Sqlite:PageBytes", "4 KiB"), ("CommitLog:Directory", folder.PathOf("log")));

        await host.Running.StartAsync().Guarded();
        await host["orders"].SetAsync(1, "a", "1");
        Directory.Exists(folder.PathOf("log")).Should().BeTrue();
        await host.Running.StopAsync().Guarded();

        var header = await File.ReadAllBytesAsync(path);
        (header[16] * 256 + header[17]).Should().Be(4_096, "the file says its page size there");
    }

    [Fact]
    public async Task TheLastTierCounts()
    {
        using var folder = new TemporaryFolder();
        await using var host = TestHost.Build(builder =>
        {
            builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("S:Sqlite:Path", (string?)folder.PathOf("configured.db"))]);
            builder.Services.AddMvStore().UsePersistentTier(_ => throw new InvalidOperationException("This tier was replaced."))
                .UseSqlite(folder.PathOf("coded.db")).Bind(builder.Configuration.GetSection("S"));
        });

        await host.Running.StartAsync().Guarded();

        File.Exists(folder.PathOf("configured.db")).Should().BeTrue();
        File.Exists(folder.PathOf("coded.db")).Should().BeFalse();
        await host.Running.StopAsync().Guarded();
    }

    [Fact]
    public async Task HostingAndHealthAreConfigured()
    {
        await using var host = TestHost.BuildConfigured(
            ("Hosting:ShutdownTimeout", "5 s"),
            ("Health:MaxUnflushedAge", "1 s"),
            ("Health:MaxUndurableCommits", "2"),
            ("Health:MaxWaitingCommits", "3"),
            ("Health:MaxSnapshotAge", "4 s"),
            ("Health:MaxLeaseAge", "5 s"));

        OptionsOf<MvStoreHostingOptions>(host).ShutdownTimeout.Should().Be(TimeSpan.FromSeconds(5));
        OptionsOf<MvStoreHealthOptions>(host).Should().BeEquivalentTo(new MvStoreHealthOptions
        {
            MaxUnflushedAge = TimeSpan.FromSeconds(1),
            MaxUndurableCommits = 2,
            MaxWaitingCommits = 3,
            MaxSnapshotAge = TimeSpan.FromSeconds(4),
            MaxLeaseAge = TimeSpan.FromSeconds(5),
        });
    }

    private static T OptionsOf<T>(TestHost host)
        where T : class
        => host.Running.Services.GetRequiredService<IOptionsMonitor<T>>().Get("orders");

    private static object? ValueOf(object options, string name)
        => name.Split(':').Aggregate((object?)options, (part, property) => part!.GetType().GetProperty(property)!.GetValue(part));
}
