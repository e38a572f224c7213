using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MvStore.Hosting.Binding;
using MvStore.Hosting.Running;
using MvStore.Sqlite;

namespace MvStore.Hosting;

/// <summary>
/// Says more about a store of a host. Each setting may be given many times, the last one counts. From the container the store takes besides: <c>ILoggerFactory</c>,
/// <c>IMeterFactory</c> and <see cref="TimeProvider"/>; and every <see cref="ICommitListener"/>, <see cref="IFlushListener"/>, <see cref="IGarbageCollectionStrategy"/> (in the order of
/// registration) and the <see cref="IKeyClassifier"/> that are registered as singletons, under the key of its name if it has one. They may themselves have the store injected.
/// Not safe for concurrent use.
/// </summary>
public sealed class MvStoreServiceBuilder
{
    private readonly StoreRegistration _registration;

    internal MvStoreServiceBuilder(IServiceCollection services, StoreRegistration registration)
    {
        Services = services;
        _registration = registration;
    }

    /// <summary>The services the store is added to.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The name of the store, which is the key of its services; null for the store without a name.</summary>
    public string? Name => _registration.Name;

    /// <summary>Keeps the store in a SQLite file, with a commit log beside it; see <see cref="SqliteTierBuilderExtensions.UseSqlite(MvStoreBuilder, string, Action{SqliteTierOptions})"/>.</summary>
    /// <param name="path">The file. Its directory must exist when the host starts. A relative path starts at the current directory.</param>
    /// <param name="configure">Changes further settings; called when the host starts, possibly more than once. Default: none.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public MvStoreServiceBuilder UseSqlite(string path, Action<SqliteTierOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _registration.Tier.UseSqlite(path, configure);
        return this;
    }

    /// <summary>Keeps the store in a SQLite file, with a commit log beside it.</summary>
    /// <param name="options">Where and how. Read when the host starts.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public MvStoreServiceBuilder UseSqlite(SqliteTierOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _registration.Tier.UseOther((_, builder) => builder.UseSqlite(new SqliteTier(options)));
        return this;
    }

    /// <summary>Gives the store another persistent tier.</summary>
    /// <param name="create">Makes it, when the host starts. The store owns it and disposes it: it must not be a service that the container disposes too.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    public MvStoreServiceBuilder UsePersistentTier(Func<IServiceProvider, IPersistentTier> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _registration.Tier.UseOther((provider, builder) => builder.UsePersistentTier(create(provider)));
        return this;
    }

    /// <summary>Changes settings of the store.</summary>
    /// <param name="configure">Is handed the settings when the host starts, in the order of these calls and of <see cref="Bind"/>.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public MvStoreServiceBuilder Configure(Action<MvStoreOptions> configure)
    {
        Services.Configure(_registration.OptionsName, configure);
        return this;
    }

    /// <summary>Changes how the host treats the store.</summary>
    /// <param name="configure">Is handed the settings when the host starts.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public MvStoreServiceBuilder ConfigureHosting(Action<MvStoreHostingOptions> configure)
    {
        Services.Configure(_registration.OptionsName, configure);
        return this;
    }

    /// <summary>Changes what this builder has no word for, such as where versions come from for keys that expire (<see cref="MvStoreBuilder.UseVersionProvider"/>).</summary>
    /// <param name="configure">Is handed the container and the builder of the store when the host starts, after everything else.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public MvStoreServiceBuilder ConfigureBuilder(Action<IServiceProvider, MvStoreBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _registration.BuilderChanges.Add(configure);
        return this;
    }

    /// <summary>
    /// Takes settings from configuration, when the host starts. The section has the settings of <see cref="MvStoreOptions"/> under their names (<c>Buffer:MemoryBudget</c>), and may have those of
    /// <see cref="SqliteTierOptions"/> in <c>Sqlite</c>, which gives the store that tier, of <see cref="MvStoreHostingOptions"/> in <c>Hosting</c> and of <see cref="MvStoreHealthOptions"/> in
    /// <c>Health</c>. Durations are written <c>00:00:10</c>, <c>7.00:00:00</c>, <c>250 ms</c>, <c>10 s</c>, <c>5 min</c>, <c>2 h</c>, <c>7 d</c> or <c>Infinite</c>; sizes <c>65536</c>, <c>64 KiB</c>,
    /// <c>256 MiB</c>, <c>1 GiB</c>; kinds of keys <c>multi</c>, <c>source(3)</c>, <c>operator(7)</c>; null is written as nothing.
    /// What cannot be read, is out of its range, or is no setting, keeps the host from starting, with a message that names it as configured.
    /// </summary>
    /// <param name="section">The section of this store, and of no other. May be empty.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="section"/> is null.</exception>
    public MvStoreServiceBuilder Bind(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var name = _registration.OptionsName;
        _registration.Sections.Add(section);
        _registration.Tier.Bind(section);

        // What cannot be read is reported by the validators, which read the section again.
        Services.Configure<MvStoreOptions>(name, o => StoreSettings.Table.Read(section, o, []));
        Services.Configure<MvStoreHostingOptions>(name, o => HostingSettings.Table.Read(section, o, []));
        Services.Configure<MvStoreHealthOptions>(name, o => HealthSettings.Table.Read(section, o, []));
        return this;
    }

    /// <summary>Adds a listener for published commits, a singleton that the container makes and disposes. The same as to register it as <see cref="ICommitListener"/>.</summary>
    /// <typeparam name="T">The listener.</typeparam>
    /// <returns>This builder.</returns>
    public MvStoreServiceBuilder AddCommitListener<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, ICommitListener
    {
        Services.AddKeyedSingleton<ICommitListener, T>(Name);
        return this;
    }

    /// <summary>Adds a listener for flushes, a singleton that the container makes and disposes. The same as to register it as <see cref="IFlushListener"/>.</summary>
    /// <typeparam name="T">The listener.</typeparam>
    /// <returns>This builder.</returns>
    public MvStoreServiceBuilder AddFlushListener<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IFlushListener
    {
        Services.AddKeyedSingleton<IFlushListener, T>(Name);
        return this;
    }

    /// <summary>Adds a strategy of reclamation, a singleton that the container makes and disposes. The same as to register it as <see cref="IGarbageCollectionStrategy"/>.</summary>
    /// <typeparam name="T">The strategy.</typeparam>
    /// <returns>This builder.</returns>
    public MvStoreServiceBuilder AddGarbageCollectionStrategy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IGarbageCollectionStrategy
    {
        Services.AddKeyedSingleton<IGarbageCollectionStrategy, T>(Name);
        return this;
    }

    /// <summary>Tells kinds of keys apart, by a singleton that the container makes and disposes. The same as to register it as <see cref="IKeyClassifier"/>.</summary>
    /// <typeparam name="T">The classifier.</typeparam>
    /// <returns>This builder.</returns>
    public MvStoreServiceBuilder UseKeyClassifier<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IKeyClassifier
    {
        Services.AddKeyedSingleton<IKeyClassifier, T>(Name);
        return this;
    }
}
