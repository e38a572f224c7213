using Microsoft.Extensions.DependencyInjection;

namespace MvStore.Hosting.Running;

/// <summary>Finds the services of a store: those under the key of its name, or without a key for the store without a name.</summary>
internal static class ServiceLookup
{
    /// <summary>One that must be there.</summary>
    /// <exception cref="InvalidOperationException">There is no such store.</exception>
    public static T Of<T>(this IServiceProvider provider, string? name)
        where T : class
        => provider.Find<T>(name) ?? throw new InvalidOperationException(
            name is null ? "There is no store without a name: call services.AddMvStore()." : $"There is no store named '{name}': call services.AddMvStore(\"{name}\").");

    /// <summary>One that may be there.</summary>
    public static T? Find<T>(this IServiceProvider provider, string? name)
        where T : class
        => name is null ? provider.GetService<T>() : provider.GetKeyedService<T>(name);

    /// <summary>All that are there, in the order of registration.</summary>
    public static IEnumerable<T> All<T>(this IServiceProvider provider, string? name)
        where T : class
        => name is null ? provider.GetServices<T>() : provider.GetKeyedServices<T>(name);
}
