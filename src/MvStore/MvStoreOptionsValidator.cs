using Microsoft.Extensions.Options;

namespace MvStore;

/// <summary>
/// Checks every setting of <see cref="MvStoreOptions"/>; each message names the setting, its value and what is allowed. The builder runs
/// it when a store is opened; a host may run it earlier. Safe from any thread.
/// </summary>
public sealed class MvStoreOptionsValidator : IValidateOptions<MvStoreOptions>
{
    private const int MaxReadPageRows = 1_000_000;
    private const int MaxSkipped = 100_000_000;
    private const int MaxReclaimStep = 10_000_000;
    private const int MaxAttempts = 1_000;
    private const int MaxExpiryKeys = 1_000_000_000;
    private const int MinSegment = 1 << 20;
    private const int MaxSegment = 1 << 30;

    // What every timer accepts.
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(24);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MvStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();

        Require(!string.IsNullOrWhiteSpace(options.Name), "Name", options.Name, "a text that is not empty");
        RequireBetween("Buffer.MaxKeyLength", options.Buffer.MaxKeyLength, 1, BufferOptions.KeyLengthLimit);
        RequireBetween("Buffer.MaxValueLength", options.Buffer.MaxValueLength, 0, BufferOptions.ValueLengthLimit);
        RequireBetween("Buffer.MemoryBudget", options.Buffer.MemoryBudget ?? 0, 0, long.MaxValue);
        RequireBetween("Buffer.HardLimit", options.Buffer.HardLimit ?? long.MaxValue, BufferOptions.LeastHardLimit, long.MaxValue);
        Require(
            options.Buffer.SoftLimit is >= BufferOptions.LeastSoftLimit and <= 1,
            "Buffer.SoftLimit",
            options.Buffer.SoftLimit,
            $"{BufferOptions.LeastSoftLimit} to 1");
        Require(
            options.Buffer.MaxStall == Timeout.InfiniteTimeSpan || (options.Buffer.MaxStall >= TimeSpan.Zero && options.Buffer.MaxStall <= MaxDuration),
            "Buffer.MaxStall",
            options.Buffer.MaxStall,
            $"zero to {MaxDuration.TotalDays} days, or Timeout.InfiniteTimeSpan");
        RequireBetween("Flush.MaxBytes", options.Flush.MaxBytes, 1, long.MaxValue);
        RequireBetween("Flush.MaxEntries", options.Flush.MaxEntries, 1, int.MaxValue);
        RequireBetween("Flush.MaxSliceBytes", options.Flush.MaxSliceBytes, 1, long.MaxValue);
        RequireDuration("Flush.MaxAge", options.Flush.MaxAge, infiniteAllowed: true);
        RequireDuration("Flush.RetryDelay", options.Flush.RetryDelay, infiniteAllowed: false);
        RequireDuration("Flush.MaxRetryDelay", options.Flush.MaxRetryDelay, infiniteAllowed: false);
        Require(
            options.Flush.MaxRetryDelay >= options.Flush.RetryDelay,
            "Flush.MaxRetryDelay",
            options.Flush.MaxRetryDelay,
            "at least Flush.RetryDelay");
        RequireDuration("Flush.DisposeTimeout", options.Flush.DisposeTimeout, infiniteAllowed: true);
        RequireDuration("GarbageCollection.Interval", options.GarbageCollection.Interval, infiniteAllowed: true);
        Require(
            options.GarbageCollection.RetainAge is not { } age || age >= TimeSpan.Zero,
            "GarbageCollection.RetainAge",
            options.GarbageCollection.RetainAge,
            "null, or a duration that is not negative");
        Require(
            options.GarbageCollection.TimeResolution is var resolution
                && (resolution == Timeout.InfiniteTimeSpan || (resolution >= TimeSpan.Zero && resolution <= MaxDuration)),
            "GarbageCollection.TimeResolution",
            options.GarbageCollection.TimeResolution,
            $"zero to {MaxDuration.TotalDays} days, or Timeout.InfiniteTimeSpan");
        Require(options.GarbageCollection.MaxGarbageShare is >= 0 and <= 1, "GarbageCollection.MaxGarbageShare", options.GarbageCollection.MaxGarbageShare, "0 to 1");
        RequireBetween("GarbageCollection.ExpiryKeysPerRun", options.GarbageCollection.ExpiryKeysPerRun, 1, MaxExpiryKeys);
        RequireBetween("GarbageCollection.RetainPerKey", options.GarbageCollection.RetainPerKey, 1, int.MaxValue);
        Require(
            options.GarbageCollection.RetainByKind.Values.All(own => own is not null),
            "GarbageCollection.RetainByKind",
            "null",
            "a retention for each kind");
        RequireBetween("Persistence.ReadPageRows", options.Persistence.ReadPageRows, 1, MaxReadPageRows);
        RequireBetween("Persistence.MaxSkippedPerPage", options.Persistence.MaxSkippedPerPage, 1, MaxSkipped);
        RequireBetween("Persistence.ReadPageBytes", options.Persistence.ReadPageBytes, 1, long.MaxValue);
        Require(options.Persistence.Epoch <= long.MaxValue, "Persistence.Epoch", options.Persistence.Epoch, $"0 to {long.MaxValue}");
        RequireBetween("Persistence.MaxAttempts", options.Persistence.MaxAttempts, 1, MaxAttempts);
        RequireBetween("Persistence.ReclaimStepVersions", options.Persistence.ReclaimStepVersions, 1, MaxReclaimStep);
        Require(options.CommitLog.DefaultDirectory is not { } proposed || !string.IsNullOrWhiteSpace(proposed), "CommitLog.DefaultDirectory", options.CommitLog.DefaultDirectory, "a path, or null");
        RequireBetween("Persistence.MaxKeyFilterBytes", options.Persistence.MaxKeyFilterBytes ?? 0, 0, PersistenceOptions.KeyFilterLimit);
        RequireBetween("Persistence.MaxReadCacheBytes", options.Persistence.MaxReadCacheBytes ?? 0, 0, PersistenceOptions.ReadCacheLimit);
        Require(options.CommitLog.Directory is not { } directory || !string.IsNullOrWhiteSpace(directory), "CommitLog.Directory", options.CommitLog.Directory, "a path, or null");
        RequireBetween("CommitLog.SegmentBytes", options.CommitLog.SegmentBytes, MinSegment, MaxSegment);
        RequireBetween("CommitLog.MaxBytes", options.CommitLog.MaxBytes, 4L * options.CommitLog.SegmentBytes, long.MaxValue);
        RequireDuration("CommitLog.FlushAge", options.CommitLog.FlushAge, infiniteAllowed: true);
        RequireDuration("CommitLog.WriteDelay", options.CommitLog.WriteDelay, infiniteAllowed: false);
        RequireBetween("CommitLog.WriteBytes", options.CommitLog.WriteBytes, 1, int.MaxValue);
        Require(Enum.IsDefined(options.CommitLog.MinimumDurability), "CommitLog.MinimumDurability", options.CommitLog.MinimumDurability, "a Durability");
        Require(Enum.IsDefined(options.CommitLog.OnDamage), "CommitLog.OnDamage", options.CommitLog.OnDamage, "a CommitLogDamage");

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Require(bool holds, string setting, object? value, string allowed)
        {
            if (!holds)
            {
                failures.Add($"{setting} is '{value}'; allowed is {allowed}.");
            }
        }

        void RequireBetween(string setting, long value, long low, long high)
            => Require(value >= low && value <= high, setting, value, $"{low} to {high}");

        void RequireDuration(string setting, TimeSpan value, bool infiniteAllowed)
            => Require(
                (value > TimeSpan.Zero && value <= MaxDuration) || (infiniteAllowed && value == Timeout.InfiniteTimeSpan),
                setting,
                value,
                $"a positive duration of at most {MaxDuration.TotalDays} days{(infiniteAllowed ? ", or Timeout.InfiniteTimeSpan" : string.Empty)}");
    }
}
