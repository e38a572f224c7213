using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using MvStore.Hosting.Checking;
using MvStore.Hosting.Running;

namespace MvStore.Hosting;

/// <summary>Adds the health of stores to the health checks of a host.</summary>
public static class MvStoreHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of a store that was added with <c>AddMvStore</c>. Unhealthy, or what <paramref name="failureStatus"/> says: it is not open, or has stopped for writing. Degraded: a limit
    /// of <see cref="MvStoreHealthOptions"/> is exceeded; the description says which, and by what. The data has the figures: <c>visibleVersion</c>, <c>durableVersion</c>,
    /// <c>publishedSequence</c>, <c>durableSequence</c>, <c>undurableCommits</c>, <c>unflushedCommits</c>, <c>unflushedBytes</c>, <c>oldestUnflushedSeconds</c>, <c>logBytes</c>, <c>memoryBytes</c>,
    /// <c>memoryLimit</c>, <c>waitingCommits</c>, <c>refusedCommits</c>, <c>openSnapshots</c>, <c>oldestSnapshotSeconds</c>, <c>leases</c>, <c>oldestLeaseSeconds</c>. It reads figures only:
    /// no key, no value, nothing from disk.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="storeName">The name of the store; null, the default, for the one without a name. The check is named <c>mvstore</c>, or <c>mvstore:name</c>.</param>
    /// <param name="configure">Changes the limits. Default: none.</param>
    /// <param name="failureStatus">What is reported instead of unhealthy. Default null: unhealthy.</param>
    /// <param name="tags">Tags of the check. Default null: none.</param>
    /// <returns>The health checks.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IHealthChecksBuilder AddMvStore(
        this IHealthChecksBuilder builder,
        string? storeName = null,
        Action<MvStoreHealthOptions>? configure = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var optionsName = StoreRegistration.OptionsNameOf(storeName);
        if (configure is not null)
        {
            builder.Services.Configure(optionsName, configure);
        }

        return builder.Add(new HealthCheckRegistration(
            storeName is null ? "mvstore" : $"mvstore:{storeName}",
            provider => new StoreHealthCheck(
                provider.Of<HostedStore>(storeName),
                provider.GetRequiredService<IOptionsMonitor<MvStoreHealthOptions>>(),
                optionsName,
                provider.GetService<TimeProvider>() ?? TimeProvider.System),
            failureStatus,
            tags));
    }
}
