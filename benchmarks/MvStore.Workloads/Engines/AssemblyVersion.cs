using System.Reflection;

namespace MvStore.Workloads.Engines;

/// <summary>The version an assembly says it has.</summary>
public static class AssemblyVersion
{
    public static string Of(Type type)
        => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? type.Assembly.GetName().Version?.ToString()
            ?? "unknown";
}
