using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MvStore.Hosting.Binding;
using MvStore.Hosting.Running;

namespace MvStore.Hosting;

/// <summary>Gives a host stores. To be called while services are registered, by one thread at a time.</summary>
public static class MvStoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds the store of the host: <see cref="IMultiVersionStore"/> becomes a singleton. It opens when the host starts, before any hosted service does, and closes when
    /// all of them have stopped. It can be injected everywhere; each of its members throws <see cref="InvalidOperationException"/> before it is open.
    /// Calling this again goes on with the same store.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>A builder that says more about the store. Without <see cref="MvStoreServiceBuilder.UseSqlite(string, Action{Sqlite.SqliteTierOptions})"/> or another tier it works in memory only.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static MvStoreServiceBuilder AddMvStore(this IServiceCollection services) => Add(services, null);

    /// <summary>Adds a store with a name: a keyed singleton, <c>[FromKeyedServices("name")] IMultiVersionStore</c>. A host may have any number of them, and one without a name.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name: the key of its services, the name of its options, and <see cref="MvStoreOptions.Name"/> unless that is set.</param>
    /// <returns>A builder that says more about the store.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static MvStoreServiceBuilder AddMvStore(this IServiceCollection services, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Add(services, name);
    }

    private static MvStoreServiceBuilder Add(IServiceCollection services, string? name)
    {
        ArgumentNullException.ThrowIfNull(services);
        var registration = StoreRegistrations.In(services).GetOrAdd(name, out var isNew);
        if (isNew)
        {
            AddServices(services, registration);
            AddOptions(services, registration);
        }

        return new MvStoreServiceBuilder(services, registration);
    }

    private static void AddServices(IServiceCollection services, StoreRegistration registration)
    {
        var name = registration.Name;
        services.AddKeyedSingleton(name, (_, _) => new HostedStore(registration.Label));
        services.AddKeyedSingleton<IMultiVersionStore>(name, (provider, _) => provider.Of<HostedStore>(name));
        services.AddKeyedSingleton(name, (provider, _) => new StoreDisposal(provider.Of<HostedStore>(name)));
        services.AddSingleton<IHostedService>(provider => new StoreLifecycle(registration, provider.Of<HostedStore>(name), provider));
    }

    private static void AddOptions(IServiceCollection services, StoreRegistration registration)
    {
        var options = services.AddOptions<MvStoreOptions>(registration.OptionsName).ValidateOnStart();
        if (registration.Name is { } name)
        {
            options.Configure(o => o.Name = name);
        }

        services.AddOptions<MvStoreHostingOptions>(registration.OptionsName).ValidateOnStart();
        services.AddOptions<MvStoreHealthOptions>(registration.OptionsName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MvStoreOptions>>(new SettingsValidator<MvStoreOptions>(
            registration, StoreSettings.Table, static () => new MvStoreOptions(), new MvStoreOptionsValidator(), registration.Tier.Check));
        services.AddSingleton<IValidateOptions<MvStoreHostingOptions>>(new SettingsValidator<MvStoreHostingOptions>(
            registration, HostingSettings.Table, static () => new MvStoreHostingOptions(), new HostingOptionsValidator()));
        services.AddSingleton<IValidateOptions<MvStoreHealthOptions>>(new SettingsValidator<MvStoreHealthOptions>(
            registration, HealthSettings.Table, static () => new MvStoreHealthOptions(), new HealthOptionsValidator()));
    }
}
