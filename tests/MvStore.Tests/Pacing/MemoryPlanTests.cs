using MvStore.Pacing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Pacing;

/// <summary>Contract D5: how much memory a store may take, by its options and by what the process may use.</summary>
public sealed class MemoryPlanTests
{
    private const long Mebibyte = 1L << 20;
    private const long Gibibyte = 1L << 30;

    [Theory]
    [InlineData(8 * Gibibyte, true, 2 * Gibibyte)]
    [InlineData(8 * Gibibyte, false, 4 * Gibibyte)]
    [InlineData(100 * Mebibyte, true, 64 * Mebibyte)]
    [InlineData(0, false, 64 * Mebibyte)]
    [InlineData(1_000 * Gibibyte, true, 16 * Gibibyte)]
    public void D5_ByDefaultItIsAShareOfWhatTheProcessMayUse(long available, bool isPersistent, long expected)
    {
        var plan = MemoryPlan.Of(new BufferOptions(), isPersistent, available);

        plan.Hard.Should().Be(expected);
        plan.Soft.Should().Be(expected / 4 * 3);
        plan.Budget.Should().Be(plan.Soft, "above the soft limit what is durable leaves memory");
        plan.Origin.Should().Contain($"{available} bytes");
    }

    [Theory]
    [InlineData(0, null, 0, 12 * Mebibyte, 16 * Mebibyte)]
    [InlineData(100 * Mebibyte, null, 75 * Mebibyte, 75 * Mebibyte, 100 * Mebibyte)]
    [InlineData(100 * Mebibyte, 8 * Mebibyte, 6 * Mebibyte, 6 * Mebibyte, 8 * Mebibyte)]
    [InlineData(1 * Mebibyte, 8 * Mebibyte, 1 * Mebibyte, 6 * Mebibyte, 8 * Mebibyte)]
    public void D5_WhatIsSetCounts(long budget, long? hard, long expectedBudget, long expectedSoft, long expectedHard)
    {
        var plan = MemoryPlan.Of(new BufferOptions { MemoryBudget = budget, HardLimit = hard }, isPersistent: true, availableBytes: 1);

        plan.Should().Be(new MemoryPlan(expectedBudget, expectedSoft, expectedHard, "as configured"));
    }

    [Fact]
    public void D5_NoLimitIsNoLimit()
    {
        var plan = MemoryPlan.Of(new BufferOptions { MemoryBudget = long.MaxValue, SoftLimit = 1 }, isPersistent: true, availableBytes: 1);
        plan.Should().Be(new MemoryPlan(long.MaxValue, long.MaxValue, long.MaxValue, "as configured"));
    }

    [Fact]
    public async Task D5_ThePlanIsLoggedOnceWhenTheStoreIsOpened()
    {
        await using var fixture = await StoreFixture.OpenAsync(configure: o => o.Buffer.MemoryBudget = null);

        var logged = fixture.Log.Entries.Where(entry => entry.Id.Id == 1004).Should().ContainSingle().Which;

        var statistics = fixture.Store.GetStatistics();
        statistics.MemoryLimit.Should().BeGreaterThanOrEqualTo(MemoryPlan.LeastBudget);
        logged.Message.Should().Contain($"{statistics.MemoryBudget} bytes of memory").And.Contain("a quarter of").And.Contain($"at {statistics.MemoryLimit}");
    }
}
