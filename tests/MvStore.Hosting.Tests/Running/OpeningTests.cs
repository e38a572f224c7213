using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MvStore.Conformance;
using MvStore.Hosting.Tests.Fixtures;
using MvStore.Sqlite;

namespace MvStore.Hosting.Tests.Running;

/// <summary>When stores of a host open, what they get from the container, and what happens when one cannot be opened.</summary>
public sealed class OpeningTests
{
    [Fact]
    public async Task AStoreIsOpenBeforeAnyHostedServiceStarts()
    {
        string? seen = null;
        await using var host = await TestHost.StartAsync(builder =>
        {
            // Registered first, so started first, and made with the store before anything is started.
            builder.Services.AddSingleton<IHostedService>(provider =>
            {
                var store = provider.GetRequiredService<IMultiVersionStore>();
                return new ScriptedService(
                    async () =>
                    {
                        await store.SetAsync(1, "a", "written at start");
                        seen = await store.TextAsync("a");
                    },
                    () => Task.CompletedTask);
            });
            builder.Services.AddMvStore();
        });

        seen.Should().Be("written at start");
    }

    [Fact]
    public async Task BeforeTheHostStartsAStoreSaysThatItIsNotOpen()
    {
        await using var host = TestHost.Build(builder =>
        {
            builder.Services.AddMvStore();
            builder.Services.AddMvStore("orders");
        });

        host.Store.Invoking(store => store.VisibleVersion).Should().Throw<InvalidOperationException>().WithMessage("The store is not open yet*");
        host["orders"].Invoking(store => store.VisibleVersion).Should().Throw<InvalidOperationException>().WithMessage("The store 'orders' is not open yet*");
    }

    [Fact]
    public async Task StoresWithNamesAreApart()
    {
        using var folder = new TemporaryFolder();
        await using (var host = await TestHost.StartAsync(builder =>
        {
            builder.Services.AddMvStore("orders").UseSqlite(folder.PathOf("orders.db"));
            builder.Services.AddMvStore("customers").UseSqlite(new SqliteTierOptions(folder.PathOf("customers.db")));
            builder.Services.AddMvStore();
        }))
        {
            await host["orders"].SetAsync(1, "a", "order");
            await host["customers"].SetAsync(7, "a", "customer");

            (await host["orders"].TextAsync("a")).Should().Be("order");
            (await host["customers"].TextAsync("a")).Should().Be("customer");
            (await host.Store.TextAsync("a")).Should().BeNull();
            host["orders"].Should().BeSameAs(host["orders"]).And.NotBeSameAs(host["customers"]);
            await host.Running.StopAsync().Guarded();
        }

        await using var again = await new MvStoreBuilder().UseSqlite(folder.PathOf("customers.db")).OpenAsync().Guarded();
        (await again.TextAsync("a")).Should().Be("customer");
    }

    [Fact]
    public async Task AStoreWithANameIsNotTheStoreWithout()
    {
        await using var host = TestHost.Build(builder => builder.Services.AddMvStore("orders"));

        host.Running.Services.GetService<IMultiVersionStore>().Should().BeNull();
    }

    [Fact]
    public async Task AddingAStoreAgainGoesOnWithTheSame()
    {
        await using var host = await TestHost.StartAsync(builder =>
        {
            builder.Services.AddMvStore("orders").Configure(o => o.Buffer.MaxKeyLength = 1);
            builder.Services.AddMvStore("orders").Configure(o => o.Buffer.MaxValueLength = 1);
        });

        await host["orders"].SetAsync(1, "k", "v");
        await Assert.ThrowsAnyAsync<ArgumentException>(() => host["orders"].SetAsync(2, "kk", "v"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => host["orders"].SetAsync(2, "k", "vv"));
        host.Log.Of(1000).Should().ContainSingle("one store was opened");
    }

    [Fact]
    public async Task AStoreTakesItsPartsFromTheContainer()
    {
        var storage = new InMemoryTierStorage();
        List<string> meters = [];
        using var collector = new MeterListener { InstrumentPublished = (instrument, _) => Note(meters, instrument) };
        await using var host = TestHost.Build(builder =>
        {
            var store = builder.Services.AddMvStore()
                .UsePersistentTier(_ => new InMemoryTier(storage))
                .Configure(TestHost.Quiet)
                .Configure(o => o.Name = "from the container")
                .AddCommitListener<RecordingListener>()
                .UseKeyClassifier<FirstByteClassifier>()
                .AddGarbageCollectionStrategy<KeepTen>();
            store.Services.AddSingleton<IFlushListener>(provider => provider.GetServices<ICommitListener>().OfType<RecordingListener>().Single());
        });
        collector.Start();
        await host.Running.StartAsync().Guarded();
        var listener = host.Running.Services.GetServices<ICommitListener>().OfType<RecordingListener>().Single();
        for (var version = 1UL; version <= 20; version++)
        {
            await host.Store.SetAsync(version, "o", $"{version}");
        }

        await host.Store.FlushAsync().Guarded();
        await host.Store.ReclaimAsync().Guarded();

        host.Store.GetFloor(EntryKind.Operator(1)).Should().Be((CommitVersion)10, "the strategy keeps ten versions");
        host.Store.GetStatistics().ByKind.Should().ContainKey(EntryKind.Operator(1), "the classifier said so");
        listener.Store.Should().BeSameAs(host.Store);
        lock (meters)
        {
            meters.Should().Contain("from the container");
        }

        await host.Running.StopAsync().Guarded();
        listener.Published.Should().HaveCount(20);
        listener.Flushes.Should().BePositive();
        host.Log.Of(1000).Should().ContainSingle().Which.Message.Should().Contain("from the container");
    }

    [Fact]
    public async Task ServicesUnderAKeyBelongToTheStoreOfThatName()
    {
        await using var host = await TestHost.StartAsync(builder =>
        {
            builder.Services.AddMvStore();
            builder.Services.AddMvStore("orders").UseKeyClassifier<FirstByteClassifier>();
        });

        await host.Store.SetAsync(1, "o", "1");
        await host["orders"].SetAsync(1, "o", "1");

        host.Store.GetStatistics().ByKind.Keys.Should().Equal(EntryKind.Multi);
        host["orders"].GetStatistics().ByKind.Should().ContainKey(EntryKind.Operator(1));
    }

    [Fact]
    public async Task TheBuilderOfTheStoreCanBeChangedLast()
    {
        await using var host = await TestHost.StartAsync(builder => builder.Services
            .AddMvStore()
            .ConfigureBuilder((_, store) => store.Configure(o => o.Buffer.MaxKeyLength = 3))
            .Configure(o => o.Buffer.MaxKeyLength = 1));

        await host.Store.SetAsync(1, "kkk", "v");
    }

    [Fact]
    public async Task F4_AStoreThatCannotBeOpenedStopsTheHostWithAReadableMessage()
    {
        using var folder = new TemporaryFolder();
        await using var owner = await new MvStoreBuilder().UseSqlite(folder.PathOf("orders.db")).OpenAsync().Guarded();
        var reached = false;
        await using var host = TestHost.Build(builder =>
        {
            builder.Services.AddSingleton<IHostedService>(new ScriptedService(
                () =>
                {
                    reached = true;
                    return Task.CompletedTask;
                },
                () => Task.CompletedTask));
            builder.Services.AddMvStore("orders").UseSqlite(folder.PathOf("orders.db"));
        });

        var error = await Assert.ThrowsAsync<StoreInUseException>(() => host.Running.StartAsync().Guarded());

        reached.Should().BeFalse("no service runs without its store");
        var entry = host.Log.Of(2000).Should().ContainSingle().Which;
        entry.Level.Should().Be(LogLevel.Critical);
        entry.Message.Should().StartWith("The store 'orders' could not be opened").And.Contain(error.Message);
        host["orders"].Invoking(store => store.VisibleVersion).Should().Throw<InvalidOperationException>()
            .WithMessage("The store 'orders' could not be opened*").WithInnerException<StoreInUseException>();
    }

    [Fact]
    public async Task AStoreIsClosedWhenAnotherServiceFailsToStart()
    {
        var storage = new InMemoryTierStorage();
        RecordingListener listener;
        await using (var host = TestHost.Build(builder =>
        {
            var store = builder.Services.AddMvStore()
                .UsePersistentTier(_ => new InMemoryTier(storage)).Configure(TestHost.Quiet).AddFlushListener<RecordingListener>();
            store.Services.AddSingleton<IHostedService>(provider => new ScriptedService(
                async () =>
                {
                    await provider.GetRequiredService<IMultiVersionStore>().SetAsync(1, "a", "1");
                    throw new InvalidTimeZoneException("An exception of the host.");
                },
                () => Task.CompletedTask));
        }))
        {
            await Assert.ThrowsAsync<InvalidTimeZoneException>(() => host.Running.StartAsync().Guarded());
            listener = host.Running.Services.GetServices<IFlushListener>().OfType<RecordingListener>().Single();
            storage.DurableSequence.Should().Be(0);
        }

        storage.DurableSequence.Should().Be(1, "the store was flushed with the container");
        listener.Flushes.Should().Be(1);
        listener.LateCalls.Should().Be(0, "the store closes before what it calls is disposed");
    }

    private static void Note(List<string> meters, Instrument instrument)
    {
        if (instrument.Meter.Scope is IMeterFactory && instrument.Meter.Tags?.FirstOrDefault(tag => tag.Key == "mvstore.store.name").Value is string name)
        {
            lock (meters)
            {
                meters.Add(name);
            }
        }
    }
}
