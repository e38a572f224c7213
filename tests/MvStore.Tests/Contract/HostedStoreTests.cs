using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MvStore.Hosting;
using MvStore.Tests.Changes;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>The store that a host injects: before it is open every member says so, then every member is the store's.</summary>
public sealed class HostedStoreTests
{
    public static TheoryData<string> EveryMember => [.. StoreMembers.All(StoreStorage.InMemory).Select(member => member.Name)];

    [Theory]
    [MemberData(nameof(EveryMember))]
    public async Task D9_EveryMemberBelongsToTheTimeInWhichTheStoreIsOpen(string name)
    {
        var member = StoreMembers.All(StoreStorage.InMemory).Single(m => m.Name == name);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddMvStore().UsePersistentTier(_ => new Conformance.InMemoryTier());
        using var host = builder.Build();
        var store = host.Services.GetRequiredService<IMultiVersionStore>();

        (await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(member, store))).Message.Should().Contain("not open yet");
        await host.StartAsync().Guarded();
        await CallAsync(member, store);
        await host.StopAsync().Guarded();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => CallAsync(member, store));
    }

    [Fact]
    public async Task A2_ChangesAreReadAndHeldThroughWhatIsInjected()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddMvStore().UsePersistentTier(_ => new Conformance.InMemoryTier());
        using var host = builder.Build();
        var store = host.Services.GetRequiredService<IMultiVersionStore>();
        await host.StartAsync().Guarded();
        await store.SetAsync(1, "a", "1");
        await store.SetAsync(2, "a", "2");

        ChangePosition first;
        await using (var stream = new ChangeStream(store, ChangePosition.Beginning, new ChangeReadOptions { IncludeValues = false }))
        {
            (await stream.NextAsync()).Should().Be("1@1 a=");
            first = stream.Position;
        }

        await using (var stream = new ChangeStream(store, first, new ChangeReadOptions { IncludeOldValues = true }))
        {
            (await stream.NextAsync()).Should().Be("2@2 a=2(1)");
        }

        (await store.GetChangeBoundsAsync().Guarded()).Newest.Sequence.Should().Be(2);
        var hold = await store.HoldChangesAsync("feed", first, TimeSpan.FromHours(1)).Guarded();
        (hold.Name, hold.After).Should().Be(("feed", first));
        store.GetChangeHolds().Should().Equal(hold);
        (await store.ReleaseChangesAsync("feed").Guarded()).Should().BeTrue();
        store.GetChangeHolds().Should().BeEmpty();
        await host.StopAsync().Guarded();
    }

    private static async Task CallAsync(StoreMember member, IMultiVersionStore store) => await member.Call(store).Guarded();
}
