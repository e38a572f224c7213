using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MvStore.Hosting.Running;

/// <summary>
/// Opens a store before any hosted service starts, and closes it after all of them have stopped. A host calls it one member after the other.
/// </summary>
internal sealed class StoreLifecycle(StoreRegistration registration, HostedStore hosted, IServiceProvider provider) : IHostedLifecycleService
{
    private StoreClosing? _closing;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var time = provider.GetService<TimeProvider>() ?? TimeProvider.System;
        var loggers = provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        var logger = loggers.CreateLogger("MvStore.Hosting");
        try
        {
            var hosting = provider.GetRequiredService<IOptionsMonitor<MvStoreHostingOptions>>().Get(registration.OptionsName);
            var builder = CreateBuilder(time, loggers);

            // Made last, so that the container disposes it first.
            _ = provider.Of<StoreDisposal>(registration.Name);
            var store = await builder.OpenAsync(cancellationToken).ConfigureAwait(false);
            _closing = new StoreClosing(store, registration.Label, hosting.ShutdownTimeout, time, logger);
            hosted.Attach(store, _closing);
        }
        catch (Exception e)
        {
            hosted.Fail(e);
            Log.OpeningFailed(logger, registration.Label, e.Message, e);
            throw;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => _closing?.CloseAsync(cancellationToken) ?? Task.CompletedTask;

    private MvStoreBuilder CreateBuilder(TimeProvider time, ILoggerFactory loggers)
    {
        var name = registration.Name;
        var options = provider.GetRequiredService<IOptionsMonitor<MvStoreOptions>>().Get(registration.OptionsName);
        var builder = new MvStoreBuilder().UseOptions(options).UseTimeProvider(time).UseLoggerFactory(loggers);
        registration.Tier.Apply(provider, builder);
        if (options.CommitLog.DefaultDirectory is { } directory)
        {
            builder.Configure(o => o.CommitLog.DefaultDirectory = directory);
        }

        if (provider.GetService<IMeterFactory>() is { } meters)
        {
            builder.UseMeterFactory(meters);
        }

        if (provider.Find<IKeyClassifier>(name) is { } classifier)
        {
            builder.UseKeyClassifier(classifier);
        }

        foreach (var listener in provider.All<ICommitListener>(name))
        {
            builder.AddCommitListener(listener);
        }

        foreach (var listener in provider.All<IFlushListener>(name))
        {
            builder.AddFlushListener(listener);
        }

        foreach (var strategy in provider.All<IGarbageCollectionStrategy>(name))
        {
            builder.AddGarbageCollectionStrategy(strategy);
        }

        foreach (var change in registration.BuilderChanges)
        {
            change(provider, builder);
        }

        return builder;
    }
}
