using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MvStore.Hosting;
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

    private static async Task CallAsync(StoreMember member, IMultiVersionStore store) => await member.Call(store).Guarded();
}
