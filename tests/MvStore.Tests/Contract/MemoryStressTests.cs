using System.Collections.Concurrent;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract D5 on real threads: little memory, many committers, readers, a tier that fails at times; nothing is lost and the limit holds.</summary>
[Collection(nameof(ProcessEpochs))]
public sealed class MemoryStressTests
{
    private const int Committers = 4;
    private const int Commits = 400;
    private const int KeysOfEach = 40;
    private const int ValueLength = 12_000;

    // The copies of a slice, and what a step of the heap may take at once beyond what was measured: blocks of notes on what is retired.
    private const long Slack = (CrampedStore.Limit / 16) + (64 * 1024);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task D5_WithLittleMemoryNothingIsLostAndTheLimitHolds(int seed)
    {
        await using var fixture = await StoreFixture.OpenAsync(configure: o =>
        {
            o.Buffer.HardLimit = CrampedStore.Limit;
            o.Buffer.MaxStall = Timeout.InfiniteTimeSpan;
            o.Flush.RetryDelay = TimeSpan.FromTicks(1);
            o.Flush.MaxRetryDelay = TimeSpan.FromTicks(1);
        }, build: b => b.UseTimeProvider(TimeProvider.System));
        var store = fixture.Store;
        var newest = new ConcurrentDictionary<string, ulong>();
        ulong next = 0;
        long highest = 0;
        var running = Committers;

        await Crowd.RunAsync(
            [.. Enumerable.Range(0, Committers).Select(number => (Func<Task>)(() => CommitAsync(number))), WatchAsync, ReadAsync, DisturbAsync]);

        store.GetStatistics().Stalls[StallReason.Memory].Count.Should().BePositive("otherwise nothing was tested");
        store.GetStatistics().Stalls[StallReason.Memory].Waiting.Should().Be(0);
        store.GetStatistics().Stalls[StallReason.Memory].Refused.Should().Be(0);
        highest.Should().BeLessThanOrEqualTo(CrampedStore.Limit + Slack);
        await store.FlushAsync().Guarded();
        await RequireAllAsync();
        store.Evict(0);
        store.CheckMemory();
        store.GetStatistics().BufferedVersions.Should().Be(0);
        await RequireAllAsync();

        async Task CommitAsync(int number)
        {
            var random = new Random((seed * 100) + number);
            for (var i = 0; i < Commits; i++)
            {
                var key = $"{number}-{random.Next(KeysOfEach)}";
                var version = Interlocked.Increment(ref next);
                using var cancellation = new CancellationTokenSource();
                var commit = store.CommitAsync(
                    new WriteBatch().Set(key, $"{version} {new string('x', random.Next(ValueLength))}"), version, Durability.Buffered, cancellation.Token).AsTask();
                if (random.Next(8) == 0)
                {
                    await cancellation.CancelAsync();
                }

                try
                {
                    await commit.Guarded();
                    newest.AddOrUpdate(key, version, (_, before) => Math.Max(before, version));
                }
                catch (OperationCanceledException)
                {
                    // It waited for room, and left nothing: otherwise it would be the newest of its key in the end.
                }
            }

            Interlocked.Decrement(ref running);
        }

        async Task WatchAsync()
        {
            while (Volatile.Read(ref running) > 0)
            {
                highest = Math.Max(highest, store.GetStatistics().MemoryBytes);
                await Task.Yield();
            }
        }

        async Task ReadAsync()
        {
            while (Volatile.Read(ref running) > 0)
            {
                foreach (var (key, version) in newest)
                {
                    var row = await store.GetAsync(Bytes.Of(key), CommitVersion.Latest).Guarded();
                    row!.Value.Version.Value.Should().BeGreaterThanOrEqualTo(version);
                }

                await Task.Yield();
            }
        }

        async Task DisturbAsync()
        {
            while (Volatile.Read(ref running) > 0)
            {
                fixture.Tier.FailNextApplies(TierFailure.Transient, 1);
                await store.FlushAsync().Guarded();

                // When there was nothing to flush it is still to come.
                fixture.Tier.FailNoMoreApplies();
            }
        }

        async Task RequireAllAsync()
        {
            foreach (var (key, version) in newest)
            {
                var row = await store.GetAsync(Bytes.Of(key), CommitVersion.Latest).Guarded();
                row!.Value.Version.Value.Should().Be(version);
                Bytes.Text(row.Value.Value).Should().StartWith($"{version} ");
            }
        }
    }
}
