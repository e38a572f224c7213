using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MvStore.Conformance;
using MvStore.Hosting.Tests.Fixtures;
using MvStore.Sqlite;

namespace MvStore.Hosting.Tests.Checking;

/// <summary>What the health check of a store says, and when.</summary>
public sealed class StoreHealthTests
{
    private readonly InMemoryTier _tier = new();

    [Fact]
    public async Task AnOpenStoreIsHealthyAndShowsItsFigures()
    {
        await using var host = await StartAsync();
        await host.Store.SetAsync(10, "a", "1");
        await host.Store.FlushAsync().Guarded();
        await host.Store.SetAsync(20, "a", "2");
        using var snapshot = host.Store.OpenSnapshot(CommitVersion.Latest, "report");
        host.Clock.Advance(TimeSpan.FromSeconds(3));

        var entry = await CheckAsync(host);

        entry.Status.Should().Be(HealthStatus.Healthy);
        entry.Description.Should().Be("The store is open.");
        entry.Data.Should().Contain("visibleVersion", 20UL).And.Contain("durableVersion", 10UL)
            .And.Contain("publishedSequence", 2UL).And.Contain("durableSequence", 1UL).And.Contain("undurableCommits", 1L)
            .And.Contain("unflushedCommits", 1).And.Contain("unflushedBytes", 2L).And.Contain("oldestUnflushedSeconds", 3.0)
            .And.Contain("logBytes", 0L).And.Contain("waitingCommits", 0L).And.Contain("refusedCommits", 0L)
            .And.Contain("openSnapshots", 1).And.Contain("oldestSnapshotSeconds", 3.0).And.Contain("leases", 0).And.Contain("oldestLeaseSeconds", 0.0)
            .And.ContainKey("memoryBytes").And.ContainKey("memoryLimit");
        entry.Data.Should().HaveCount(17);
    }

    [Fact]
    public async Task AStoreThatIsNotOpenIsUnhealthy()
    {
        await using var host = Build();

        var before = await CheckAsync(host);
        await host.Running.StartAsync().Guarded();
        await host.Running.StopAsync().Guarded();
        var after = await CheckAsync(host);

        before.Status.Should().Be(HealthStatus.Unhealthy);
        before.Description.Should().Be("The store is not open yet.");
        after.Status.Should().Be(HealthStatus.Unhealthy);
        after.Description.Should().Be("The store is closed.");
    }

    [Fact]
    public async Task AStoreThatCouldNotBeOpenedIsUnhealthy()
    {
        using var folder = new TemporaryFolder();
        await using var owner = await new MvStoreBuilder().UseSqlite(folder.PathOf("orders.db")).OpenAsync().Guarded();
        await using var host = TestHost.Build(builder =>
        {
            builder.Services.AddMvStore("orders").UseSqlite(folder.PathOf("orders.db"));
            builder.Services.AddHealthChecks().AddMvStore("orders");
        });
        await Assert.ThrowsAsync<StoreInUseException>(() => host.Running.StartAsync().Guarded());

        var entry = (await host.CheckHealthAsync()).Entries["mvstore:orders"];

        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().StartWith("The store 'orders' could not be opened: ");
        entry.Exception.Should().BeOfType<StoreInUseException>();
    }

    [Fact]
    public async Task D4_AStoreThatHasStoppedForWritingIsUnhealthy()
    {
        var host = await StartAsync();
        _tier.FailNextApplies(1, TierFailure.Fatal);
        await host.Store.SetAsync(1, "a", "1");
        await Assert.ThrowsAsync<StoreFailedException>(() => host.Store.FlushAsync().Guarded());

        var entry = await CheckAsync(host);

        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().StartWith("The store has stopped for writing: ");
        entry.Exception.Should().BeOfType<PersistentTierException>("that is the first cause");
        entry.Data.Should().ContainKey("unflushedCommits");
        await Assert.ThrowsAsync<StoreFailedException>(() => host.Running.StopAsync().Guarded());
        await host.DisposeAsync();
    }

    [Fact]
    public async Task D4_WhatCountsAsUnhealthyCanBeChosen()
    {
        await using var host = TestHost.Build(builder =>
        {
            builder.Services.AddMvStore();
            builder.Services.AddHealthChecks().AddMvStore(failureStatus: HealthStatus.Degraded, tags: ["ready"]);
        });

        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Degraded);
        (await CheckAsync(host)).Tags.Should().Equal("ready");
    }

    [Fact]
    public async Task AFlushThatDoesNotComeIsDegraded()
    {
        await using var host = await StartAsync();
        await host.Store.SetAsync(1, "a", "1");

        host.Clock.Advance(TimeSpan.FromMinutes(1));
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy, "a limit may be reached");
        host.Clock.Advance(TimeSpan.FromTicks(1));
        var entry = await CheckAsync(host);
        await host.Store.FlushAsync().Guarded();

        entry.Status.Should().Be(HealthStatus.Degraded);
        entry.Description.Should().Be(
            "The store: the oldest commit that is not in the persistent tier was published 00:01:00.0000001 ago, the limit is 00:01:00.");
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task CommitsThatAreNotOnDiskAreDegradedWhenAskedFor()
    {
        await using var host = await StartAsync(o => o.MaxUndurableCommits = 1);
        await host.Store.SetAsync(1, "a", "1");
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
        await host.Store.SetAsync(2, "a", "2");

        var entry = await CheckAsync(host);

        entry.Status.Should().Be(HealthStatus.Degraded);
        entry.Description.Should().Be("The store: 2 commits are not on disk, the limit is 1.");
    }

    [Fact]
    public async Task D5_CommitsThatWaitForRoomAreDegraded()
    {
        await using var host = await StartAsync();
        _ = _tier.BlockApplies();
        using var impatience = new CancellationTokenSource();
        var waiting = Fill(host.Store, impatience.Token);

        var entry = await CheckAsync(host);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Guarded());

        entry.Status.Should().Be(HealthStatus.Degraded);
        entry.Description.Should().Be("The store: 1 commits wait for room (Memory), the limit is 0.");
        entry.Data.Should().Contain("waitingCommits", 1L);
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
        _tier.ReleaseApplies();
    }

    [Fact]
    public async Task D5_CommitsThatAreSlowedAreHealthy()
    {
        await using var host = Build(configure: o => o.Buffer.SlowsCommits = true);
        await host.Running.StartAsync().Guarded();
        _ = _tier.BlockApplies();
        using var impatience = new CancellationTokenSource();
        var slowed = Fill(host.Store, impatience.Token);
        host.Store.GetStatistics().Stalls[StallReason.Slowed].Waiting.Should().Be(1, "the clock stands still");

        var entry = await CheckAsync(host);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slowed.Guarded());
        _tier.ReleaseApplies();

        entry.Status.Should().Be(HealthStatus.Healthy);
        entry.Data.Should().Contain("waitingCommits", 0L);
    }

    [Fact]
    public async Task C2_AnOldSnapshotIsDegraded()
    {
        await using var host = await StartAsync();
        var old = host.Store.OpenSnapshot(5, "report");
        host.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        using var young = host.Store.OpenSnapshot(5, "other");

        var entry = await CheckAsync(host);
        old.Dispose();

        entry.Status.Should().Be(HealthStatus.Degraded);
        entry.Description.Should().Be("The store: the snapshot of 'report' at version 5 has been open for 01:00:01, the limit is 01:00:00.");
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task C2_ALeaseThatIsNotMovedOnIsDegraded()
    {
        await using var host = await StartAsync();
        await host.Store.SetAsync(5, "a", "1");
        await host.Store.OpenLeaseAsync("feed", CommitVersion.Latest, TimeSpan.FromDays(9)).Guarded();
        host.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));

        var entry = await CheckAsync(host);
        await host.Store.SetAsync(6, "a", "2");
        await host.Store.RenewLeaseAsync("feed", TimeSpan.FromDays(9), CommitVersion.Latest).Guarded();

        entry.Status.Should().Be(HealthStatus.Degraded, "a lease is no snapshot, its limit is another");
        entry.Description.Should().Be("The store: the lease 'feed' has been at version 5 for 1.00:00:01, the limit is 1.00:00:00.");
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task EverythingThatIsExceededIsTold()
    {
        await using var host = await StartAsync(o =>
        {
            o.MaxUndurableCommits = 0;
            o.MaxSnapshotAge = TimeSpan.Zero;
        });
        await host.Store.SetAsync(1, "a", "1");
        using var snapshot = host.Store.OpenSnapshot(1);
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        (await CheckAsync(host)).Description.Should().Contain("are not on disk").And.Contain("has been open");
    }

    [Fact]
    public async Task NullIsNoLimit()
    {
        await using var host = await StartAsync(o =>
        {
            o.MaxUnflushedAge = null;
            o.MaxSnapshotAge = null;
        });
        await host.Store.SetAsync(1, "a", "1");
        using var snapshot = host.Store.OpenSnapshot(1);
        host.Clock.Advance(TimeSpan.FromDays(2));

        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task EachStoreHasItsOwnCheckAndLimits()
    {
        await using var host = await TestHost.StartAsync(builder =>
        {
            builder.Services.AddMvStore().Configure(TestHost.Quiet);
            builder.Services.AddMvStore("orders").Configure(TestHost.Quiet);
            builder.Services.AddHealthChecks().AddMvStore().AddMvStore("orders", limits => limits.MaxSnapshotAge = TimeSpan.Zero);
        });
        using var one = host.Store.OpenSnapshot(1);
        using var other = host["orders"].OpenSnapshot(1);
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        var report = await host.CheckHealthAsync();

        report.Entries["mvstore"].Status.Should().Be(HealthStatus.Healthy);
        report.Entries["mvstore:orders"].Status.Should().Be(HealthStatus.Degraded);
        report.Entries["mvstore:orders"].Description.Should().StartWith("The store 'orders': ");
    }

    [Fact]
    public async Task ACheckOfAStoreThatWasNotAddedSaysSo()
    {
        await using var host = TestHost.Build(builder => builder.Services.AddHealthChecks().AddMvStore("orders"));

        var error = await Assert.ThrowsAnyAsync<Exception>(async () => throw (await host.CheckHealthAsync()).Entries["mvstore:orders"].Exception!);

        error.Message.Should().Contain("There is no store named 'orders'");
    }

    // Commits until one has to wait.
    private static Task<CommitReceipt> Fill(IMultiVersionStore store, CancellationToken cancellationToken)
    {
        for (var version = 1UL; version < 1_000; version++)
        {
            var commit = store.CommitAsync(new WriteBatch().Set(BitConverter.GetBytes(version), new byte[20_000]), version, Durability.Buffered, cancellationToken).AsTask();
            if (!commit.IsCompleted)
            {
                return commit;
            }
        }

        throw new InvalidOperationException("The store never had too little memory.");
    }

    private static async Task<HealthReportEntry> CheckAsync(TestHost host) => (await host.CheckHealthAsync()).Entries["mvstore"];

    private TestHost Build(Action<MvStoreHealthOptions>? limits = null, Action<MvStoreOptions>? configure = null)
        => TestHost.Build(builder =>
        {
            builder.Services.AddMvStore()
                .UsePersistentTier(_ => _tier)
                .Configure(TestHost.Quiet)
                .Configure(o =>
                {
                    o.Buffer.HardLimit = 1024 * 1024;
                    o.Buffer.MaxStall = Timeout.InfiniteTimeSpan;
                    configure?.Invoke(o);
                });
            builder.Services.AddHealthChecks().AddMvStore(configure: limits);
        });

    private async Task<TestHost> StartAsync(Action<MvStoreHealthOptions>? limits = null)
    {
        var host = Build(limits);
        await host.Running.StartAsync().Guarded();
        return host;
    }
}
