namespace MvStore.Conformance.Tests;

public sealed class InMemoryTierHookTests
{
    private static readonly TierBatch First = new(0, 1, 1, [Rows.Set("a", 1, 1, "x")]);

    [Fact]
    public async Task PlannedFailuresComeInOrderAndThenEnd()
    {
        await using var tier = await OpenAsync(new InMemoryTierStorage());
        tier.FailNextApplies(2, TierFailure.Transient);
        for (var i = 0; i < 2; i++)
        {
            (await tier.Awaiting(t => t.ApplyAsync(First, default).AsTask()).Should().ThrowAsync<PersistentTierException>())
                .Which.Failure.Should().Be(TierFailure.Transient);
        }

        await tier.ApplyAsync(First, default);
        tier.ApplyCalls.Should().Be(3);
        tier.Storage.DurableSequence.Should().Be(1);
    }

    [Fact]
    public async Task AFailureInDoubtMayHaveWritten()
    {
        await using var tier = await OpenAsync(new InMemoryTierStorage());
        tier.FailNextApplies(1, TierFailure.InDoubt, afterWriting: true);
        await tier.Awaiting(t => t.ApplyAsync(First, default).AsTask()).Should().ThrowAsync<PersistentTierException>();
        tier.Storage.DurableSequence.Should().Be(1);
    }

    [Fact]
    public async Task BlockedAppliesWaitWhileReadsGoOn()
    {
        await using var tier = await OpenAsync(new InMemoryTierStorage());
        var held = tier.BlockApplies();
        var apply = tier.ApplyAsync(First, default).AsTask();
        await held;
        (await tier.GetAsync(Rows.Keys("a"), Rows.Everything, default)).Should().BeEmpty();
        apply.IsCompleted.Should().BeFalse();
        tier.ReleaseApplies();
        await apply;
        (await tier.GetAsync(Rows.Keys("a"), Rows.Everything, default)).Should().ContainSingle();
    }

    [Fact]
    public async Task AKilledOwnerLeavesItsDataAndCannotWriteMore()
    {
        var storage = new InMemoryTierStorage();
        await using var killed = await OpenAsync(storage);
        await killed.ApplyAsync(First, default);
        storage.KillOwner();
        await using var next = await OpenAsync(storage);
        Rows.Texts(storage.Rows).Should().Equal("61@1#1=78");
        await killed.Awaiting(t => t.ApplyAsync(new TierBatch(1, 2, 2, []), default).AsTask()).Should().ThrowAsync<PersistentTierException>();
    }

    private static async Task<InMemoryTier> OpenAsync(InMemoryTierStorage storage)
    {
        var tier = new InMemoryTier(storage);
        await tier.OpenAsync(default);
        return tier;
    }
}
