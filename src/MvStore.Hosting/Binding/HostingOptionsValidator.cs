using Microsoft.Extensions.Options;

namespace MvStore.Hosting.Binding;

/// <summary>Checks <see cref="MvStoreHostingOptions"/>; each message begins with the setting. Safe from any thread.</summary>
internal sealed class HostingOptionsValidator : IValidateOptions<MvStoreHostingOptions>
{
    // What every timer accepts.
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(24);

    public ValidateOptionsResult Validate(string? name, MvStoreHostingOptions options)
        => options.ShutdownTimeout == Timeout.InfiniteTimeSpan || (options.ShutdownTimeout > TimeSpan.Zero && options.ShutdownTimeout <= MaxDuration)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"ShutdownTimeout is '{options.ShutdownTimeout}'; allowed is a positive duration of at most {MaxDuration.TotalDays} days, or Timeout.InfiniteTimeSpan.");
}
