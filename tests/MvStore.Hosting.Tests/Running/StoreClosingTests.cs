using MvStore.Conformance;
using MvStore.Hosting.Running;
using MvStore.Hosting.Tests.Fixtures;

namespace MvStore.Hosting.Tests.Running;

/// <summary>
/// Every way in which closing can go (contract D9, H4): what the tier does, whether the host's time is over before or never, and how many close. A loss is thrown once and logged once, or,
/// if the host did not wait for it, logged once; without a loss everything is stored and nothing of a loss is said.
/// </summary>
public sealed class StoreClosingTests
{
    private const int NotFlushed = 2001;
    private const int ClosedWithLoss = 2002;
    private const int ClosingAbandoned = 2003;
    private const int ClosedAfterAll = 2004;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(17);

    public static TheoryData<TierBehaviour, bool, int> Ways
    {
        get
        {
            var ways = new TheoryData<TierBehaviour, bool, int>();
            foreach (var behaviour in Enum.GetValues<TierBehaviour>())
            {
                foreach (var isOver in (bool[])[false, true])
                {
                    ways.Add(behaviour, isOver, 1);
                    ways.Add(behaviour, isOver, 3);
                }
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task D9_ALossIsToldOnceHoweverAStoreCloses(TierBehaviour behaviour, bool isOver, int callers)
    {
        var tier = new InMemoryTier();
        var clock = new ManualClock();
        using var log = new LogCapture();
        var store = await new MvStoreBuilder().UsePersistentTier(tier).Configure(TestHost.Quiet).UseTimeProvider(clock).OpenAsync().Guarded();
        await store.SetAsync(1, "a", "1");
        Prepare(tier, behaviour);
        using var over = new CancellationTokenSource();
        if (isOver)
        {
            await over.CancelAsync();
        }

        var closing = new StoreClosing(store, "The store", Limit, clock, log);
        var first = closing.CloseAsync(over.Token);
        var others = Enumerable.Range(1, callers - 1).Select(_ => closing.CloseAsync(CancellationToken.None)).ToArray();
        await AdvanceIfAsync(behaviour == TierBehaviour.Hangs, clock, first);
        var thrown = await Record.ExceptionAsync(() => first.Guarded());
        await Task.WhenAll(others).Guarded();
        if (thrown is TimeoutException)
        {
            Task end = Task.WhenAny(log.EntryAsync(ClosedWithLoss), log.EntryAsync(ClosedAfterAll));
            await AdvanceIfAsync(behaviour == TierBehaviour.Hangs, clock, end);
            await end.Guarded();
        }

        var isLost = behaviour != TierBehaviour.Works;
        var isAbandoned = thrown is TimeoutException;
        log.Of(ClosedWithLoss).Should().HaveCount(isLost ? 1 : 0);
        log.Of(ClosingAbandoned).Should().HaveCount(isAbandoned ? 1 : 0);
        log.Of(ClosedAfterAll).Should().HaveCount(isAbandoned && !isLost ? 1 : 0);
        if (isLost)
        {
            thrown.Should().NotBeNull();
            log.Of(NotFlushed).Should().ContainSingle().Which.Message.Should().Contain("1 commits");
        }
        else
        {
            tier.Storage.DurableSequence.Should().Be(1);
            isAbandoned.Should().Be(thrown is not null, "nothing else went wrong");
        }

        if (!isOver)
        {
            isAbandoned.Should().BeFalse("the host waits");
        }

        tier.ReleaseApplies();
    }

    private static void Prepare(InMemoryTier tier, TierBehaviour behaviour)
    {
        if (behaviour == TierBehaviour.Hangs)
        {
            _ = tier.BlockApplies();
        }
        else if (behaviour == TierBehaviour.Fails)
        {
            tier.FailNextApplies(1, TierFailure.Fatal);
        }
    }

    private static Task AdvanceIfAsync(bool isNeeded, ManualClock clock, Task task)
        => isNeeded ? clock.AdvanceUntilAsync(task, TimeSpan.FromSeconds(30)).Guarded() : Task.CompletedTask;
}
