using Microsoft.Extensions.Options;

namespace MvStore.Hosting.Binding;

/// <summary>Checks <see cref="MvStoreHealthOptions"/>; each message begins with the setting. Safe from any thread.</summary>
internal sealed class HealthOptionsValidator : IValidateOptions<MvStoreHealthOptions>
{
    public ValidateOptionsResult Validate(string? name, MvStoreHealthOptions options)
    {
        var failures = new List<string>();
        RequireDuration("MaxUnflushedAge", options.MaxUnflushedAge);
        RequireCount("MaxUndurableCommits", options.MaxUndurableCommits);
        RequireCount("MaxWaitingCommits", options.MaxWaitingCommits);
        RequireDuration("MaxSnapshotAge", options.MaxSnapshotAge);
        RequireDuration("MaxLeaseAge", options.MaxLeaseAge);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void RequireDuration(string setting, TimeSpan? value)
        {
            if (value < TimeSpan.Zero)
            {
                failures.Add($"{setting} is '{value}'; allowed is a duration that is not negative, or null for no limit.");
            }
        }

        void RequireCount(string setting, long? value)
        {
            if (value < 0)
            {
                failures.Add($"{setting} is '{value}'; allowed is a number that is not negative, or null for no limit.");
            }
        }
    }
}
