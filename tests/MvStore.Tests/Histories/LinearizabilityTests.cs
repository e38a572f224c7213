using System.Globalization;
using MvStore.Tests.Fixtures;
using Xunit.Abstractions;

namespace MvStore.Tests.Histories;

/// <summary>Single calls from real threads take effect at one instant each (contract A2, A4, A5, B1, B12). <c>MVSTORE_LINEARIZABLE_RUNS</c> says how often it is tried.</summary>
public sealed class LinearizabilityTests(ITestOutputHelper output)
{
    private const int Threads = 3;
    private const int CallsPerThread = 4;
    private const int Keys = 2;
    private const int Versions = 5;
    private const int RunsPerStore = 100;

    private int _now; // interlocked; grows with every call and return

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task A2_B1_CallsTakeEffectAtOneInstant(StoreStorage storage)
    {
        var runs = int.TryParse(Environment.GetEnvironmentVariable("MVSTORE_LINEARIZABLE_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 300;
        var refused = 0;
        var overlapping = 0;
        for (var run = 0; run < runs; run += RunsPerStore)
        {
            await using var fixture = await StoreFixture.OpenAsync(storage);
            for (var i = run; i < Math.Min(runs, run + RunsPerStore); i++)
            {
                var operations = await RunAsync(fixture, i);
                Linearization.Exists(operations).Should().BeTrue("run {0} has no order:{1}{2}", i, Environment.NewLine, string.Join(Environment.NewLine, operations));
                refused += operations.Count(o => o.IsCommit && !o.Succeeded);
                overlapping += operations.Count(o => operations.Any(other => other.Begin > o.Begin && other.Begin < o.End));
            }
        }

        output.WriteLine($"{runs} runs of {Threads * CallsPerThread} calls, {overlapping} of them at the same time as another, {refused} commits refused");
        refused.Should().BePositive("versions were taken");
    }

    [Fact]
    public void A2_AnAnswerThatFitsNoOrderIsFound()
    {
        // Read in full before the commit was called, and a commit that hides what was read before it.
        SingleOperation commit = new([0, 1], 3, IsCommit: true) { Begin = 5, End = 6, Succeeded = true };
        SingleOperation early = new([0], CommitVersion.Latest, IsCommit: false) { Begin = 1, End = 2, Found = 3 };
        Linearization.Exists([commit, early]).Should().BeFalse("it was read before it was made");
        SingleOperation first = new([0], CommitVersion.Latest, IsCommit: false) { Begin = 3, End = 7, Found = 3 };
        SingleOperation second = new([1], CommitVersion.Latest, IsCommit: false) { Begin = 8, End = 9 };
        Linearization.Exists([commit, first, second]).Should().BeFalse("half of the commit was read");
        SingleOperation again = new([1], 3, IsCommit: true) { Begin = 4, End = 8, Succeeded = true };
        Linearization.Exists([commit, again]).Should().BeFalse("one version was written twice");
        second.Found = 3;
        Linearization.Exists([commit, first, second]).Should().BeTrue("the commit took effect between the calls");
    }

    // Each run has keys and versions of its own, above those of the run before.
    private async Task<IReadOnlyList<SingleOperation>> RunAsync(StoreFixture fixture, int run)
    {
        var random = new Random(run);
        var plans = Enumerable.Range(0, Threads).Select(_ => Enumerable.Range(0, CallsPerThread).Select(_ => Next(random, run)).ToArray()).ToArray();
        using var barrier = new Barrier(Threads + 1);
        var threads = plans.Select(plan => Task.Factory.StartNew(
            () => CallAsync(fixture.Store, run, plan, barrier), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToList();
        threads.Add(Task.Factory.StartNew(() => DisturbAsync(fixture, barrier), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap());
        await Task.WhenAll(threads).Guarded();
        return [.. plans.SelectMany(plan => plan)];
    }

    private async Task CallAsync(IMultiVersionStore store, int run, SingleOperation[] plan, Barrier barrier)
    {
        var batches = plan.Select(operation => operation.Keys.Aggregate(new WriteBatch(), (batch, key) => batch.Set(KeyOf(run, key), [1]))).ToArray();
        barrier.SignalAndWait();
        for (var i = 0; i < plan.Length; i++)
        {
            var operation = plan[i];
            operation.Begin = Interlocked.Increment(ref _now);
            if (operation.IsCommit)
            {
                try
                {
                    await store.CommitAsync(batches[i], operation.Version);
                    operation.Succeeded = true;
                }
                catch (DuplicateVersionException)
                {
                    operation.Succeeded = false;
                }
            }
            else
            {
                operation.Found = (await store.GetAsync(KeyOf(run, operation.Keys[0]), operation.Version))?.Version ?? CommitVersion.Zero;
            }

            operation.End = Interlocked.Increment(ref _now);
        }
    }

    private static async Task DisturbAsync(StoreFixture fixture, Barrier barrier)
    {
        barrier.SignalAndWait();
        await fixture.FlushIfPersistentAsync();
        fixture.Store.Evict(0);
    }

    private static SingleOperation Next(Random random, int run)
    {
        CommitVersion version = (ulong)((run * Versions) + random.Next(1, Versions + 1));
        var first = random.Next(Keys);
        return random.Next(2) == 0
            ? new SingleOperation(random.Next(2) == 0 ? [first] : [0, 1], version, IsCommit: true)
            : new SingleOperation([first], random.Next(2) == 0 ? CommitVersion.Latest : version, IsCommit: false);
    }

    private static byte[] KeyOf(int run, int key) => System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{run}/{key}"));
}
