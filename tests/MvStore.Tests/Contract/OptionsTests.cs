using Microsoft.Extensions.Options;
using MvStore.Sqlite;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Every setting at its limits and beyond them, and what opening a store does with a wrong one.</summary>
public sealed class OptionsTests
{
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(24);

    private static readonly object[] NoDurations =
        [TimeSpan.Zero, TimeSpan.FromTicks(-1), TimeSpan.MinValue, MaxDuration + TimeSpan.FromTicks(1), TimeSpan.MaxValue];

    private static readonly Dictionary<string, (object[] Allowed, object[] Refused)> Settings = new()
    {
        ["Name"] = (["x"], ["", " ", null!]),
        ["Buffer.MaxKeyLength"] = ([1, 65_535], [0, -1, int.MinValue, 65_536, int.MaxValue]),
        ["Buffer.MaxValueLength"] = ([0, 900_000_000], [-1, int.MinValue, 900_000_001, int.MaxValue]),
        ["Buffer.MemoryBudget"] = ([null!, 0L, long.MaxValue], [-1L, long.MinValue]),
        ["Buffer.HardLimit"] = ([null!, 65_536L, long.MaxValue], [65_535L, 0L, -1L, long.MinValue]),
        ["Buffer.SoftLimit"] = ([0.1, 1.0], [0.09, 1.01, 0.0, -1.0, double.NaN, double.PositiveInfinity]),
        ["Buffer.SlowsCommits"] = ([false, true], []),
        ["Buffer.MaxStall"] = (
            [TimeSpan.Zero, TimeSpan.FromTicks(1), MaxDuration, Timeout.InfiniteTimeSpan],
            [TimeSpan.FromTicks(-1), TimeSpan.MinValue, MaxDuration + TimeSpan.FromTicks(1), TimeSpan.MaxValue]),
        ["Flush.MaxBytes"] = ([1L, long.MaxValue], [0L, -1L, long.MinValue]),
        ["Flush.MaxEntries"] = ([1, int.MaxValue], [0, -1, int.MinValue]),
        ["Flush.MaxAge"] = ([TimeSpan.FromTicks(1), MaxDuration, Timeout.InfiniteTimeSpan], NoDurations),
        ["Flush.MaxSliceBytes"] = ([1L, long.MaxValue], [0L, -1L, long.MinValue]),
        ["Flush.RetryDelay"] = (
            [TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5)],
            [.. NoDurations, Timeout.InfiniteTimeSpan]),
        ["Flush.MaxRetryDelay"] = (
            [TimeSpan.FromMilliseconds(50), MaxDuration],
            [.. NoDurations, TimeSpan.FromMilliseconds(49), Timeout.InfiniteTimeSpan]),
        ["Flush.DisposeTimeout"] = ([TimeSpan.FromTicks(1), MaxDuration, Timeout.InfiniteTimeSpan], NoDurations),
        ["GarbageCollection.RetainVersions"] = ([0UL, 1UL, ulong.MaxValue], []),
        ["GarbageCollection.RetainAge"] = ([TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.MaxValue], [TimeSpan.FromTicks(-1), TimeSpan.MinValue]),
        ["GarbageCollection.TimeResolution"] = (
            [TimeSpan.Zero, TimeSpan.FromTicks(1), MaxDuration, Timeout.InfiniteTimeSpan],
            [TimeSpan.FromTicks(-1), TimeSpan.MinValue, MaxDuration + TimeSpan.FromTicks(1), TimeSpan.MaxValue]),
        ["GarbageCollection.MaxGarbageShare"] = ([0.0, 1.0], [-0.01, 1.01, double.NaN, double.PositiveInfinity]),
        ["GarbageCollection.ExpiryKeysPerRun"] = ([1, 1_000_000_000], [0, -1, int.MinValue, 1_000_000_001]),
        ["GarbageCollection.RetainPerKey"] = ([1, int.MaxValue], [0, -1, int.MinValue]),
        ["GarbageCollection.ReclaimDeletedKeys"] = ([true, false], []),
        ["GarbageCollection.Interval"] = ([TimeSpan.FromTicks(1), MaxDuration, Timeout.InfiniteTimeSpan], NoDurations),
        ["Persistence.ReadPageRows"] = ([1, 1_000_000], [0, -1, int.MinValue, 1_000_001, int.MaxValue]),
        ["Persistence.ReadPageBytes"] = ([1L, long.MaxValue], [0L, -1L, long.MinValue]),
        ["Persistence.Epoch"] = ([0UL, 1UL, (ulong)long.MaxValue], [(ulong)long.MaxValue + 1, ulong.MaxValue]),
        ["Persistence.MaxAttempts"] = ([1, 1_000], [0, -1, int.MinValue, 1_001, int.MaxValue]),
        ["Persistence.MaxSkippedPerPage"] = ([1, 100_000_000], [0, -1, int.MinValue, 100_000_001, int.MaxValue]),
        ["Persistence.MaxKeyFilterBytes"] = ([null!, 0L, 1L, 8L << 30], [-1L, long.MinValue, (8L << 30) + 1, long.MaxValue]),
        ["Persistence.MaxReadCacheBytes"] = ([null!, 0L, 1L, 8L << 30], [-1L, long.MinValue, (8L << 30) + 1, long.MaxValue]),
        ["Persistence.ReclaimStepVersions"] = ([1, 10_000_000], [0, -1, int.MinValue, 10_000_001, int.MaxValue]),
        ["CommitLog.Enabled"] = ([true, false], []),
        ["CommitLog.DefaultDirectory"] = ([null!], ["", " "]),
        ["CommitLog.Directory"] = ([null!], ["", " "]),
        ["CommitLog.SegmentBytes"] = ([1 << 20, 1 << 28], [0, -1, int.MinValue, (1 << 20) - 1, (1 << 30) + 1, int.MaxValue]),
        ["CommitLog.MaxBytes"] = ([4L << 25, long.MaxValue], [0L, -1L, long.MinValue, (4L << 25) - 1]),
        ["CommitLog.FlushAge"] = ([TimeSpan.FromTicks(1), MaxDuration, Timeout.InfiniteTimeSpan], NoDurations),
        ["CommitLog.WriteDelay"] = ([TimeSpan.FromTicks(1), MaxDuration], [.. NoDurations, Timeout.InfiniteTimeSpan]),
        ["CommitLog.WriteBytes"] = ([1, int.MaxValue], [0, -1, int.MinValue]),
        ["CommitLog.MinimumDurability"] = ([Durability.Buffered], [(Durability)(-1), (Durability)3]),
        ["CommitLog.OnDamage"] = ([CommitLogDamage.Refuse, CommitLogDamage.KeepPrefix], [(CommitLogDamage)2]),
        ["CommitLog.Progress"] = ([null!], []),
    };

    public static TheoryData<string> Names => [.. Settings.Keys];

    [Fact]
    public void A3_EverySettingIsChecked()
    {
        var settings = typeof(MvStoreOptions).GetProperties()
            .SelectMany(part => part.SetMethod is { IsPublic: true }
                ? [part.Name]
                : part.PropertyType.GetProperties().Where(setting => setting.SetMethod is { IsPublic: true }).Select(setting => $"{part.Name}.{setting.Name}"));

        settings.Should().BeEquivalentTo(Settings.Keys);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A3_ASettingWithinItsLimitsIsAccepted(string name)
    {
        foreach (var value in Settings[name].Allowed)
        {
            var builder = new MvStoreBuilder().Configure(StoreFixture.Quiet).Configure(options => Set(options, name, value));
            await using var store = await builder.OpenAsync().Guarded();
            await store.SetAsync(1, "a", string.Empty);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A3_ASettingBeyondItsLimitsIsRefusedByName(string name)
    {
        foreach (var value in Settings[name].Refused)
        {
            await using var tier = new ObservedTier(new Conformance.InMemoryTier());
            var builder = new MvStoreBuilder().UsePersistentTier(tier).Configure(options => Set(options, name, value));

            var error = await Assert.ThrowsAsync<OptionsValidationException>(() => builder.OpenAsync().Guarded());

            error.Message.Should().Contain(name, $"the value was {value}");
            if (value is int or long)
            {
                error.Message.Should().Contain($"{value}");
            }
        }
    }

    [Fact]
    public async Task A3_EveryWrongSettingIsNamedAtOnce()
    {
        var builder = new MvStoreBuilder().Configure(options =>
        {
            options.Name = string.Empty;
            options.Buffer.MaxKeyLength = 0;
            options.Persistence.ReadPageRows = 0;
        });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => builder.OpenAsync().Guarded());

        error.Failures.Should().HaveCount(3);
        error.Message.Should().Contain("Name").And.Contain("Buffer.MaxKeyLength").And.Contain("Persistence.ReadPageRows");
    }

    [Fact]
    public async Task A3_ABuilderWhoseSettingsWereWrongCanBePutRight()
    {
        var builder = new MvStoreBuilder().Configure(options => options.Buffer.MaxKeyLength = 0);
        await Assert.ThrowsAsync<OptionsValidationException>(() => builder.OpenAsync().Guarded());

        await using var store = await builder.Configure(options => options.Buffer.MaxKeyLength = 10).OpenAsync().Guarded();
        await store.SetAsync(1, "a", "1");
    }

    [Fact]
    public async Task A3_ABuilderOpensOneStore()
    {
        var builder = new MvStoreBuilder();
        await using var store = await builder.OpenAsync().Guarded();

        await Assert.ThrowsAsync<InvalidOperationException>(() => builder.OpenAsync().Guarded());
    }

    [Fact]
    public async Task A3_SettingsChangedAfterOpeningHaveNoEffect()
    {
        MvStoreOptions? kept = null;
        await using var store = await new MvStoreBuilder().Configure(options => kept = options).OpenAsync().Guarded();
        kept!.Buffer.MaxKeyLength = 1;
        kept.Buffer.MaxValueLength = 0;

        await store.SetAsync(1, "longer", "longer");
    }

    [Fact]
    public async Task A3_AllSettingsAreTakenOverAsTheyAre()
    {
        var settings = new MvStoreOptions();
        settings.Buffer.MaxKeyLength = 3;
        settings.Buffer.MaxValueLength = 3;
        var builder = new MvStoreBuilder().Configure(options => options.Buffer.MaxKeyLength = 1).UseOptions(settings).Configure(options => options.Buffer.MaxValueLength = 4);
        settings.Buffer.MaxKeyLength = 0;
        await using var store = await builder.OpenAsync().Guarded();

        await store.SetAsync(1, "key", "four");
        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.SetAsync(2, "keys", "four"));
        settings.Buffer.MaxValueLength.Should().Be(3, "they are copied");
    }

    [Fact]
    public async Task A3_DefaultsAreWhatTheDocumentationSays()
    {
        var options = new MvStoreOptions();
        options.Name.Should().Be("mvstore");
        options.Buffer.MaxKeyLength.Should().Be(65_535);
        options.Buffer.MaxValueLength.Should().Be(268_435_456);
        options.Buffer.MemoryBudget.Should().BeNull();
        options.Buffer.HardLimit.Should().BeNull();
        options.Buffer.SoftLimit.Should().Be(0.75);
        options.Buffer.MaxStall.Should().Be(TimeSpan.FromSeconds(10));
        options.Flush.MaxBytes.Should().Be(33_554_432);
        options.Flush.MaxEntries.Should().Be(250_000);
        options.Flush.MaxAge.Should().Be(TimeSpan.FromSeconds(1));
        options.Flush.MaxSliceBytes.Should().Be(67_108_864);
        options.Flush.RetryDelay.Should().Be(TimeSpan.FromMilliseconds(50));
        options.Flush.MaxRetryDelay.Should().Be(TimeSpan.FromSeconds(5));
        options.Flush.DisposeTimeout.Should().Be(TimeSpan.FromSeconds(30));
        options.GarbageCollection.RetainVersions.Should().BeNull();
        options.GarbageCollection.RetainVersionsByKind.Should().BeEmpty();
        options.GarbageCollection.Interval.Should().Be(TimeSpan.FromSeconds(10));
        options.GarbageCollection.MaxGarbageShare.Should().Be(0.1);
        options.GarbageCollection.ExpiryKeysPerRun.Should().Be(1_000_000);
        options.Persistence.ReadPageRows.Should().Be(1_000);
        options.Persistence.MaxSkippedPerPage.Should().Be(10_000);
        options.Persistence.ReclaimStepVersions.Should().Be(10_000);
        options.Persistence.MaxKeyFilterBytes.Should().BeNull();
        options.Persistence.MaxReadCacheBytes.Should().BeNull();
        options.CommitLog.Directory.Should().BeNull();
        options.CommitLog.Enabled.Should().BeTrue();
        options.CommitLog.FlushAge.Should().Be(TimeSpan.FromSeconds(10));
        options.CommitLog.DefaultDirectory.Should().BeNull();
        options.CommitLog.SegmentBytes.Should().Be(33_554_432);
        options.CommitLog.MaxBytes.Should().Be(1_073_741_824);
        options.CommitLog.WriteDelay.Should().Be(TimeSpan.FromMilliseconds(10));
        options.CommitLog.WriteBytes.Should().Be(1_048_576);
        options.CommitLog.MinimumDurability.Should().Be(Durability.Buffered);
        options.CommitLog.OnDamage.Should().Be(CommitLogDamage.Refuse);
        options.CommitLog.Progress.Should().BeNull();
        await using var store = await new MvStoreBuilder().OpenAsync().Guarded();
    }

    [Fact]
    public async Task D3_OptionsTakenOverAfterTheTierKeepItsCommitLog()
    {
        var folder = Directory.CreateTempSubdirectory("mvstore-options-");
        var path = Path.Combine(folder.FullName, "store.db");
        await using (var store = await new MvStoreBuilder().UseSqlite(path).UseOptions(new MvStoreOptions()).OpenAsync().Guarded())
        {
            Directory.Exists(SqliteStoreFile.CommitLogDirectoryOf(path)).Should().BeTrue();
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A12_OpeningThatIsCancelledOrFailsDisposesTheTier()
    {
        await using var cancelled = new ObservedTier(new Conformance.InMemoryTier());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new MvStoreBuilder().UsePersistentTier(cancelled).OpenAsync(new CancellationToken(true)).Guarded());
        cancelled.Disposals.Should().Be(1);

        var storage = new Conformance.InMemoryTierStorage();
        await using var owner = await new MvStoreBuilder().UsePersistentTier(new Conformance.InMemoryTier(storage)).OpenAsync().Guarded();
        await using var second = new ObservedTier(new Conformance.InMemoryTier(storage));
        await Assert.ThrowsAsync<StoreInUseException>(() => new MvStoreBuilder().UsePersistentTier(second).OpenAsync().Guarded());
        second.Disposals.Should().Be(1);
    }

    private static void Set(MvStoreOptions options, string name, object? value)
    {
        object target = options;
        var parts = name.Split('.');
        if (parts.Length == 2)
        {
            target = typeof(MvStoreOptions).GetProperty(parts[0])!.GetValue(options)!;
        }

        target.GetType().GetProperty(parts[^1])!.SetValue(target, value);
    }
}
