using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>A host whose clock stands still, with what it logged. Disposing it disposes the host, and does not stop it first.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private TestHost(Action<HostApplicationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(Log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        configure(builder);
        Running = builder.Build();
    }

    public LogCapture Log { get; } = new();

    public ManualClock Clock { get; } = new();

    public IHost Running { get; }

    /// <summary>The store without a name.</summary>
    public IMultiVersionStore Store => Running.Services.GetRequiredService<IMultiVersionStore>();

    public IMultiVersionStore this[string name] => Running.Services.GetRequiredKeyedService<IMultiVersionStore>(name);

    public static TestHost Build(Action<HostApplicationBuilder> configure) => new(configure);

    public static async Task<TestHost> StartAsync(Action<HostApplicationBuilder> configure)
    {
        var host = Build(configure);
        await host.Running.StartAsync().Guarded();
        return host;
    }

    /// <summary>A host with one store named <c>orders</c>, configured in the section <c>Stores:orders</c>.</summary>
    public static TestHost BuildConfigured(params (string Setting, string? Value)[] settings)
        => Build(builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Stores:orders:{s.Setting}", s.Value)));
            builder.Services.AddMvStore("orders").Bind(builder.Configuration.GetSection("Stores:orders"));
        });

    /// <summary>Switches off everything that happens by itself.</summary>
    public static void Quiet(MvStoreOptions options)
    {
        options.Flush.MaxAge = Timeout.InfiniteTimeSpan;
        options.CommitLog.FlushAge = Timeout.InfiniteTimeSpan;
        options.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
        options.GarbageCollection.TimeResolution = Timeout.InfiniteTimeSpan;
        options.Buffer.SlowsCommits = false;
    }

    public Task<HealthReport> CheckHealthAsync() => Running.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().Guarded();

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)Running).DisposeAsync().Guarded();
        Log.Dispose();
    }
}
