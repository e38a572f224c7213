using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using MvStore.Hosting;

namespace MvStore.AotSmoke;

/// <summary>A host that opens a store with settings from configuration: the place where reflection would be handy.</summary>
internal static class HostSmoke
{
    /// <summary>Starts it on a store that is there, looks at it and stops it.</summary>
    public static async Task RunAsync(string path)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Stores:smoke:Sqlite:Path"] = path,
            ["Stores:smoke:Buffer:MemoryBudget"] = "64 MiB",
            ["Stores:smoke:Flush:MaxAge"] = "250 ms",
            ["Stores:smoke:GarbageCollection:RetainVersions"] = "1000",
            ["Stores:smoke:GarbageCollection:RetainByKind:operator(7):PerKey"] = "2",
            ["Stores:smoke:CommitLog:MinimumDurability"] = "Logged",
            ["Stores:smoke:Health:MaxSnapshotAge"] = "1 h",
        });
        builder.Services.AddMvStore("smoke").Bind(builder.Configuration.GetSection("Stores:smoke")).AddFlushListener<SmokeListener>();
        builder.Services.AddHealthChecks().AddMvStore("smoke");
        using var host = builder.Build();
        await host.StartAsync();

        var store = host.Services.GetRequiredKeyedService<IMultiVersionStore>("smoke");
        await store.CommitAsync(new WriteBatch().Set("hosted"u8, "1"u8), version: 40);
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        if (health.Status != HealthStatus.Healthy)
        {
            throw new SmokeException($"The store is {health.Status}: {health.Entries["mvstore:smoke"].Description}");
        }

        await host.StopAsync();
        var listener = (SmokeListener)host.Services.GetRequiredKeyedService<IFlushListener>("smoke");
        if (listener.Rows == 0)
        {
            throw new SmokeException("Stopping the host flushed nothing.");
        }
    }
}
