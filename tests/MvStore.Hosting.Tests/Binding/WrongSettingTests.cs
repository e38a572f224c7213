using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using MvStore.Hosting.Binding;
using MvStore.Hosting.Tests.Fixtures;

namespace MvStore.Hosting.Tests.Binding;

/// <summary>A wrong setting keeps the host from starting, and the message names it as it was configured.</summary>
public sealed class WrongSettingTests
{
    // What any text is right for.
    private static readonly string[] Texts = ["Name", "CommitLog:Directory", "Sqlite:Path"];

    /// <summary>Everything that has a form of its own.</summary>
    public static TheoryData<string> Names =>
    [
        .. StoreSettings.Table.Names
            .Concat(SqliteSettings.Table.Names.Select(name => $"Sqlite:{name}"))
            .Concat(HostingSettings.Table.Names.Select(name => $"Hosting:{name}"))
            .Concat(HealthSettings.Table.Names.Select(name => $"Health:{name}"))
            .Append("GarbageCollection:RetainVersionsByKind:operator(1)")
            .Append("GarbageCollection:RetainByKind:operator(1):Versions")
            .Append("GarbageCollection:RetainByKind:operator(1):Age")
            .Append("GarbageCollection:RetainByKind:operator(1):PerKey")
            .Append("GarbageCollection:RetainByKind:operator(1):KeepsDeletedKeys")
            .Append("GarbageCollection:RetainByKind:operator(1):TimeToLive:Duration")
            .Append("GarbageCollection:RetainByKind:operator(1):TimeToLive:From")
            .Except(Texts),
    ];

    public static TheoryData<string, string, string> OutOfRange => new()
    {
        { "Name", " ", "a text that is not empty" },
        { "Buffer:MaxKeyLength", "0", "1 to 65535" },
        { "Buffer:MaxKeyLength", "1 MiB", "'1048576'" },
        { "Buffer:MaxValueLength", "-1", "0 to 900000000" },
        { "Buffer:MemoryBudget", "-1", "0 to" },
        { "Buffer:HardLimit", "1", "65536 to" },
        { "Buffer:SoftLimit", "1.5", "0.1 to 1" },
        { "Buffer:MaxStall", "-5 s", "zero to 24 days" },
        { "Flush:MaxBytes", "0", "1 to" },
        { "Flush:MaxEntries", "0", "1 to" },
        { "Flush:MaxAge", "25 d", "24 days" },
        { "Flush:MaxSliceBytes", "0", "1 to" },
        { "Flush:RetryDelay", "Infinite", "a positive duration" },
        { "Flush:MaxRetryDelay", "1 ms", "at least Flush.RetryDelay" },
        { "Flush:DisposeTimeout", "0 s", "a positive duration" },
        { "GarbageCollection:RetainAge", "-1 s", "not negative" },
        { "GarbageCollection:RetainPerKey", "0", "1 to" },
        { "GarbageCollection:TimeResolution", "-1 s", "zero to 24 days" },
        { "GarbageCollection:Interval", "0 s", "a positive duration" },
        { "GarbageCollection:RetainByKind:operator(7):PerKey", "0", "perKey" },
        { "GarbageCollection:RetainByKind:operator(7):Age", "-1 s", "age" },
        { "GarbageCollection:RetainByKind:operator(7):TimeToLive:Duration", "0 s", "duration" },
        { "GarbageCollection:RetainByKind:operator(7):TimeToLive:From", "Creation", "nothing without TimeToLive:Duration" },
        { "GarbageCollection:MaxGarbageShare", "1.5", "0 to 1" },
        { "GarbageCollection:ExpiryKeysPerRun", "0", "1 to" },
        { "Persistence:ReadPageRows", "0", "1 to 1000000" },
        { "Persistence:ReadPageBytes", "0", "1 to" },
        { "Persistence:Epoch", "9223372036854775808", "0 to" },
        { "Persistence:MaxAttempts", "0", "1 to 1000" },
        { "Persistence:MaxSkippedPerPage", "0", "1 to" },
        { "Persistence:ReclaimStepVersions", "0", "1 to" },
        { "Persistence:MaxKeyFilterBytes", "-1", "0 to" },
        { "Persistence:MaxReadCacheBytes", "9 GiB", "0 to" },
        { "CommitLog:Directory", " ", "a path" },
        { "CommitLog:SegmentBytes", "1 KiB", "1048576 to" },
        { "CommitLog:MaxBytes", "1 MiB", "134217728 to" },
        { "CommitLog:FlushAge", "0 s", "a positive duration" },
        { "CommitLog:WriteDelay", "0 s", "a positive duration" },
        { "CommitLog:WriteBytes", "0", "1 to" },
        { "Sqlite:Path", ":memory:", "without a tier" },
        { "Sqlite:Path", "file:orders.db", "by a path" },
        { "Hosting:ShutdownTimeout", "0 s", "a positive duration" },
        { "Hosting:ShutdownTimeout", "25 d", "24 days" },
        { "Health:MaxUnflushedAge", "-1 s", "not negative" },
        { "Health:MaxUndurableCommits", "-1", "not negative" },
        { "Health:MaxWaitingCommits", "-1", "not negative" },
        { "Health:MaxSnapshotAge", "-1 s", "not negative" },
        { "Health:MaxLeaseAge", "-1 s", "not negative" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task AValueThatCannotBeReadIsNamed(string name)
    {
        await using var host = name.StartsWith("Sqlite:", StringComparison.Ordinal)
            ? TestHost.BuildConfigured((name, "so?"), ("Sqlite:Path", "unused.db"))
            : TestHost.BuildConfigured((name, "so?"));

        var error = await StartingFailsAsync(host);

        error.Failures.Should().ContainSingle().Which.Should().StartWith($"Stores:orders:{name} is 'so?'; allowed is ").And.EndWith(".");
    }

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public async Task AValueOutOfItsRangeIsNamed(string name, string text, string allowed)
    {
        await using var host = TestHost.BuildConfigured((name, text));

        var error = await StartingFailsAsync(host);

        error.Failures.Should().ContainSingle().Which.Should().StartWith($"Stores:orders:{name} is '").And.Contain(allowed);
    }

    [Theory]
    [InlineData("PageBytes", "1000")]
    [InlineData("WriteCacheBytes", "1 KiB")]
    [InlineData("ReadCacheBytes", "1 KiB")]
    [InlineData("MapBytes", "-1")]
    [InlineData("MaxReadConnections", "65")]
    [InlineData("CheckpointBytes", "-1")]
    [InlineData("BusyTimeout", "2 h")]
    public async Task ASettingOfSqliteOutOfItsRangeIsNamed(string name, string text)
    {
        await using var host = TestHost.BuildConfigured(($"Sqlite:{name}", text), ("Sqlite:Path", "unused.db"));

        var error = await StartingFailsAsync(host);

        error.Failures.Should().ContainSingle().Which.Should().StartWith($"Stores:orders:Sqlite:{name} is '{text}': ").And.NotContain("Parameter");
    }

    [Theory]
    [InlineData("Bufer:MaxKeyLength")]
    [InlineData("Buffer:MaxKeyLenght")]
    [InlineData("Buffer")]
    [InlineData("Sqlite")]
    [InlineData("Sqlite:Pth")]
    [InlineData("Hosting:Timeout")]
    [InlineData("Health:MaxAge")]
    [InlineData("CommitLog:Progress")]
    public async Task WhatIsNoSettingIsNamed(string name)
    {
        await using var host = TestHost.BuildConfigured((name, "1"), ("Sqlite:Path", "unused.db"));

        var error = await StartingFailsAsync(host);

        error.Failures.Should().ContainSingle().Which.Should().Be($"Stores:orders:{name} is no setting of a store.");
    }

    [Theory]
    [InlineData("GarbageCollection:RetainVersionsByKind:operators(1)")]
    [InlineData("GarbageCollection:RetainByKind:operators(1):PerKey")]
    [InlineData("GarbageCollection:RetainByKind:operator(1)")]
    [InlineData("GarbageCollection:RetainByKind:operator(1):Keep")]
    [InlineData("GarbageCollection:RetainByKind:operator(1):TimeToLive")]
    [InlineData("GarbageCollection:RetainByKind:operator(1):TimeToLive:Until")]
    public async Task AnUnknownKindIsNamed(string name)
    {
        await using var host = TestHost.BuildConfigured((name, "1"));

        var error = await StartingFailsAsync(host);

        error.Failures.Should().ContainSingle().Which.Should().StartWith($"Stores:orders:{name} is '1'; allowed is ");
    }

    [Fact]
    public async Task SqliteWithoutAPathIsNamed()
    {
        await using var host = TestHost.BuildConfigured(("Sqlite:SyncMark", "true"));

        (await StartingFailsAsync(host)).Message.Should().Be("Stores:orders:Sqlite:Path is missing; it names the store's file.");
    }

    [Fact]
    public async Task AWrongValueFromCodeNamesTheStoreAndTheSetting()
    {
        await using var host = TestHost.Build(builder => builder.Services.AddMvStore("orders")
            .UseSqlite("unused.db", sqlite => sqlite.MaxReadConnections = 0)
            .Configure(o => o.Buffer.MaxKeyLength = 0));

        var error = await StartingFailsAsync(host);

        error.Failures.Should().HaveCount(2);
        error.Message.Should().Contain("The store 'orders': Buffer.MaxKeyLength is '0'").And.Contain("unused.db").And.Contain("1 to 64 connections");
    }

    [Fact]
    public async Task EverythingWrongIsNamedAtOnce()
    {
        await using var host = TestHost.BuildConfigured(
            ("Buffer:MaxKeyLength", "0"), ("Flush:MaxAge", "10"), ("Nonsense", "1"), ("Sqlite:PageBytes", "3"), ("Sqlite:Path", "unused.db"));

        var error = await StartingFailsAsync(host);

        error.Failures.Should().HaveCount(4);
        error.Message.Should().Contain("MaxKeyLength").And.Contain("MaxAge").And.Contain("Nonsense").And.Contain("PageBytes");
    }

    [Fact]
    public async Task WrongSettingsOfTwoStoresAreTold()
    {
        await using var host = TestHost.Build(builder =>
        {
            builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("A:Flush:MaxEntries", (string?)"0"), KeyValuePair.Create("B:Flush:MaxEntries", (string?)"-1")]);
            builder.Services.AddMvStore().Bind(builder.Configuration.GetSection("A"));
            builder.Services.AddMvStore("b").Bind(builder.Configuration.GetSection("B"));
        });

        var error = await Assert.ThrowsAsync<AggregateException>(() => host.Running.StartAsync().Guarded());

        error.InnerExceptions.Select(e => e.Message).Should().HaveCount(2)
            .And.ContainSingle(message => message.StartsWith("A:Flush:MaxEntries is '0'", StringComparison.Ordinal))
            .And.ContainSingle(message => message.StartsWith("B:Flush:MaxEntries is '-1'", StringComparison.Ordinal));
    }

    private static async Task<OptionsValidationException> StartingFailsAsync(TestHost host)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.Running.StartAsync().Guarded());
        host.Log.Of(1000).Should().BeEmpty("no store is opened");
        return error;
    }
}
