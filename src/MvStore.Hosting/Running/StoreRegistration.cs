using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace MvStore.Hosting.Running;

/// <summary>What was said about a store while services were registered. Written by one thread; read only, by any thread, once the container is built.</summary>
internal sealed class StoreRegistration(string? name)
{
    /// <summary>The key of its services; null for the store without a name.</summary>
    public string? Name { get; } = name;

    /// <summary>The name of its options.</summary>
    public string OptionsName { get; } = OptionsNameOf(name);

    /// <summary>What it is called in messages, at the beginning of a sentence.</summary>
    public string Label { get; } = name is null ? "The store" : $"The store '{name}'";

    /// <summary>Where its settings are configured, in the order in which they count.</summary>
    public List<IConfiguration> Sections { get; } = [];

    /// <summary>Its persistent tier.</summary>
    public TierRegistration Tier { get; } = new();

    /// <summary>What is done to its builder last.</summary>
    public List<Action<IServiceProvider, MvStoreBuilder>> BuilderChanges { get; } = [];

    /// <summary>The name of the options of a store.</summary>
    public static string OptionsNameOf(string? name) => name ?? Options.DefaultName;
}
