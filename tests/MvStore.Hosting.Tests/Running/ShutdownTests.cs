using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MvStore.Conformance;
using MvStore.Hosting.Tests.Fixtures;

namespace MvStore.Hosting.Tests.Running;

/// <summary>Contract D9 for hosts: a stopping host flushes its stores, within limits, and says loudly what could not be flushed.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(17);
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(11);

    private readonly InMemoryTier _tier = new();

    [Fact]
    public async Task D9_StoppingTheHostFlushesWhatItsServicesCommittedLast()
    {
        await using var host = await StartAsync(services => services.AddSingleton<IHostedService>(provider =>
        {
            var store = provider.GetRequiredService<IMultiVersionStore>();
            return new ScriptedService(() => store.SetAsync(1, "a", "first"), () => store.SetAsync(2, "a", "last"));
        }));
        _tier.Storage.DurableSequence.Should().Be(0);

        await host.Running.StopAsync().Guarded();

        _tier.Storage.DurableSequence.Should().Be(2);
        host.Store.Invoking(store => store.VisibleVersion).Should().Throw<ObjectDisposedException>();
        host.Log.Of(2001).Should().BeEmpty();
        host.Log.Of(2002).Should().BeEmpty();
    }

    [Fact]
    public async Task D9_WhatIsLeftWhenTheLimitIsReachedIsLogged()
    {
        await using var host = await StartAsync();
        var held = _tier.BlockApplies();
        await host.Store.SetAsync(1, "a", "1");
        await host.Store.SetAsync(2, "b", "2");

        var stop = host.Running.StopAsync();
        await held.Guarded();
        await host.Clock.TimerStartedAsync(due => due == ShutdownTimeout).Guarded();
        host.Clock.Advance(ShutdownTimeout);
        var entry = await host.Log.EntryAsync(2001).Guarded();
        stop.IsCompleted.Should().BeFalse("closing tries once more");
        _tier.ReleaseApplies();
        await stop.Guarded();

        entry.Level.Should().Be(LogLevel.Critical);
        entry.Message.Should().Contain("The store could not be flushed").And.Contain("00:00:17").And.Contain("2 commits with 4 bytes").And.Contain("2 commits are not on disk");
        _tier.Storage.DurableSequence.Should().Be(2, "nothing was lost in the end");
        host.Log.Of(2002).Should().BeEmpty();
    }

    [Fact]
    public async Task D9_ALossEndsTheHostWithAnErrorAndIsToldOnce()
    {
        var host = await StartAsync();
        try
        {
            var held = _tier.BlockApplies();
            await host.Store.SetAsync(1, "a", "1");
            var stop = host.Running.StopAsync();
            await held.Guarded();

            await host.Clock.AdvanceUntilAsync(stop, ShutdownTimeout).Guarded();

            var error = await Assert.ThrowsAsync<FlushTimeoutException>(() => stop);
            error.UnflushedCommits.Should().Be(1);
            var entry = host.Log.Of(2002).Should().ContainSingle().Which;
            entry.Level.Should().Be(LogLevel.Critical);
            entry.Message.Should().StartWith("The store was closed with a loss").And.Contain("1 commits");
        }
        finally
        {
            _tier.ReleaseApplies();
            // It throws nothing: the loss was told.
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task D9_AFailedStoreEndsTheHostWithItsCause()
    {
        await using var host = await StartAsync();
        _tier.FailNextApplies(1, TierFailure.Fatal);
        await host.Store.SetAsync(1, "a", "1");

        var error = await Assert.ThrowsAsync<StoreFailedException>(() => host.Running.StopAsync().Guarded());

        host.Log.Of(2001).Should().ContainSingle().Which.Exception.Should().BeOfType<StoreFailedException>();
        host.Log.Of(2002).Should().ContainSingle().Which.Exception.Should().BeSameAs(error);
    }

    [Fact]
    public async Task D9_WhenTheTimeOfTheHostIsOverClosingGoesOnBehindItsBack()
    {
        await using var host = await StartAsync();
        _ = _tier.BlockApplies();
        await host.Store.SetAsync(1, "a", "1");
        using var over = new CancellationTokenSource();
        await over.CancelAsync();
        var lifecycle = host.Running.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single();

        var error = await Assert.ThrowsAsync<TimeoutException>(() => lifecycle.StoppedAsync(over.Token).Guarded());

        error.Message.Should().Contain("The store was still closing");
        host.Log.Of(2001).Should().ContainSingle("what is left is told before");
        host.Log.Of(2003).Should().ContainSingle().Which.Level.Should().Be(LogLevel.Critical);
        _tier.ReleaseApplies();
        await host.Log.EntryAsync(2004).Guarded();
        _tier.Storage.DurableSequence.Should().Be(1);
    }

    [Fact]
    public async Task D9_ALossBehindTheBackOfTheHostIsLogged()
    {
        await using var host = await StartAsync();
        _ = _tier.BlockApplies();
        await host.Store.SetAsync(1, "a", "1");
        using var over = new CancellationTokenSource();
        await over.CancelAsync();
        var lifecycle = host.Running.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single();
        await Assert.ThrowsAsync<TimeoutException>(() => lifecycle.StoppedAsync(over.Token).Guarded());

        var logged = host.Log.EntryAsync(2002);
        await host.Clock.AdvanceUntilAsync(logged, DisposeTimeout).Guarded();
        _tier.ReleaseApplies();

        (await logged.Guarded()).Exception.Should().BeOfType<FlushTimeoutException>();
    }

    [Fact]
    public async Task D9_AContainerThatIsDisposedWithoutStoppingFlushes()
    {
        await using (var host = await StartAsync())
        {
            await host.Store.SetAsync(1, "a", "1");
        }

        _tier.Storage.DurableSequence.Should().Be(1);
    }

    [Fact]
    public async Task D9_AContainerThatIsDisposedSynchronouslyFlushes()
    {
        var services = new ServiceCollection();
        services.AddMvStore().UsePersistentTier(_ => _tier).Configure(TestHost.Quiet);
        using (var provider = services.BuildServiceProvider())
        {
            await provider.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single().StartingAsync(CancellationToken.None).Guarded();
            await provider.GetRequiredService<IMultiVersionStore>().SetAsync(1, "a", "1");
        }

        _tier.Storage.DurableSequence.Should().Be(1);
    }

    [Fact]
    public async Task D9_DisposingTheInjectedStoreClosesIt()
    {
        await using var host = await StartAsync();
        await host.Store.SetAsync(1, "a", "1");

        await host.Store.DisposeAsync().Guarded();
        await host.Store.DisposeAsync().Guarded();
        await host.Running.StopAsync().Guarded();

        _tier.Storage.DurableSequence.Should().Be(1);
        host.Store.Invoking(store => store.VisibleVersion).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public async Task D8_AStoreInMemoryOnlyStopsQuietly()
    {
        await using var host = await TestHost.StartAsync(builder => builder.Services.AddMvStore());
        await host.Store.SetAsync(1, "a", "1");

        await host.Running.StopAsync().Guarded();

        host.Log.Of(2001).Should().BeEmpty();
        host.Log.Of(2002).Should().BeEmpty();
        host.Log.Of(1001).Should().ContainSingle("the store says that it is closed");
    }

    [Fact]
    public async Task D9_AHostThatNeverStartedHasNothingToClose()
    {
        await using var host = TestHost.Build(builder => builder.Services.AddMvStore());

        await host.Store.DisposeAsync().Guarded();
        await host.Running.StopAsync().Guarded();
    }

    private Task<TestHost> StartAsync(Action<IServiceCollection>? configure = null)
        => TestHost.StartAsync(builder =>
        {
            // Services that are registered before the store stop after it was told to stop.
            configure?.Invoke(builder.Services);
            builder.Services.AddMvStore()
                .UsePersistentTier(_ => _tier)
                .Configure(TestHost.Quiet)
                .Configure(o => o.Flush.DisposeTimeout = DisposeTimeout)
                .ConfigureHosting(o => o.ShutdownTimeout = ShutdownTimeout);
        });
}
