using Microsoft.Extensions.DependencyInjection;

namespace MvStore.Hosting.Running;

/// <summary>The stores that were added to some services. One thread at a time; nobody adds once the container is built.</summary>
internal sealed class StoreRegistrations
{
    private readonly Dictionary<string, StoreRegistration> _byOptionsName = new(StringComparer.Ordinal);

    /// <summary>Those of some services.</summary>
    public static StoreRegistrations In(IServiceCollection services)
    {
        var found = services.FirstOrDefault(d => d.ServiceType == typeof(StoreRegistrations) && !d.IsKeyedService);
        if (found?.ImplementationInstance is StoreRegistrations existing)
        {
            return existing;
        }

        var added = new StoreRegistrations();
        services.AddSingleton(added);
        return added;
    }

    /// <summary>The store of a name, or a new one.</summary>
    public StoreRegistration GetOrAdd(string? name, out bool isNew)
    {
        var optionsName = StoreRegistration.OptionsNameOf(name);
        isNew = !_byOptionsName.TryGetValue(optionsName, out var registration);
        if (registration is null)
        {
            registration = new StoreRegistration(name);
            _byOptionsName.Add(optionsName, registration);
        }

        return registration;
    }
}
