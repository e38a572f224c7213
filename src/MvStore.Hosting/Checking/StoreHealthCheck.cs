using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using MvStore.Hosting.Running;

namespace MvStore.Hosting.Checking;

/// <summary>Looks at the figures of a store and says how it is. Any thread.</summary>
internal sealed class StoreHealthCheck(HostedStore hosted, IOptionsMonitor<MvStoreHealthOptions> options, string optionsName, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(Check(context.Registration.FailureStatus));

    private HealthCheckResult Check(HealthStatus failureStatus)
    {
        if (hosted.Opened is not { } store)
        {
            return hosted.Failure is { } failure
                ? new HealthCheckResult(failureStatus, $"{hosted.Label} could not be opened: {failure.Message}", failure)
                : new HealthCheckResult(failureStatus, $"{hosted.Label} is not open yet.");
        }

        try
        {
            return Judge(StoreReading.Of(store, time), failureStatus);
        }
        catch (ObjectDisposedException e)
        {
            return new HealthCheckResult(failureStatus, $"{hosted.Label} is closed.", e);
        }
    }

    private HealthCheckResult Judge(StoreReading now, HealthStatus failureStatus)
    {
        if (now.Statistics.Failure is { } failure)
        {
            return new HealthCheckResult(failureStatus, $"{hosted.Label} has stopped for writing: {failure.Message}", failure, now.ToData());
        }

        var exceeded = Exceeded(now, options.Get(optionsName)).ToArray();
        return exceeded.Length == 0
            ? HealthCheckResult.Healthy($"{hosted.Label} is open.", now.ToData())
            : HealthCheckResult.Degraded($"{hosted.Label}: {string.Join("; ", exceeded)}.", exception: null, now.ToData());
    }

    private static IEnumerable<string> Exceeded(StoreReading now, MvStoreHealthOptions limits)
    {
        if (now.Statistics.OldestUnflushedAge > limits.MaxUnflushedAge)
        {
            yield return Text($"the oldest commit that is not in the persistent tier was published {now.Statistics.OldestUnflushedAge} ago, the limit is {limits.MaxUnflushedAge}");
        }

        if (now.UndurableCommits > limits.MaxUndurableCommits)
        {
            yield return Text($"{now.UndurableCommits} commits are not on disk, the limit is {limits.MaxUndurableCommits}");
        }

        if (now.WaitingCommits > limits.MaxWaitingCommits)
        {
            yield return Text($"{now.WaitingCommits} commits wait for room ({now.WaitingFor}), the limit is {limits.MaxWaitingCommits}");
        }

        if (now.OldestSnapshot is { } snapshot && now.AgeOf(snapshot) > limits.MaxSnapshotAge)
        {
            yield return Text($"the snapshot of '{snapshot.Owner}' at version {snapshot.Version} has been open for {now.AgeOf(snapshot)}, the limit is {limits.MaxSnapshotAge}");
        }

        if (now.OldestLease is { } lease && now.AgeOf(lease) > limits.MaxLeaseAge)
        {
            yield return Text($"the lease '{lease.Owner}' has been at version {lease.Version} for {now.AgeOf(lease)}, the limit is {limits.MaxLeaseAge}");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
