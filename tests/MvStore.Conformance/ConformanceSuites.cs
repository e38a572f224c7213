using System.Reflection;

namespace MvStore.Conformance;

/// <summary>The suites, so that a test can tell that an implementation derives all of them.</summary>
public static class ConformanceSuites
{
    /// <summary>Every suite, as open generic types.</summary>
    public static IReadOnlyList<Type> All { get; } =
    [
        .. typeof(ConformanceSuites).Assembly.GetExportedTypes()
            .Where(t => t.IsAbstract && t.IsGenericTypeDefinition && IsSuite(t))
            .OrderBy(t => t.Name, StringComparer.Ordinal),
    ];

    /// <summary>The suites that no test class of an assembly derives for a place.</summary>
    /// <typeparam name="TLocation">The place of the tier under test.</typeparam>
    /// <param name="tests">The assembly.</param>
    /// <returns>The names of those that are missing.</returns>
    public static IReadOnlyList<string> MissingFrom<TLocation>(Assembly tests)
        where TLocation : ITierLocation, new()
    {
        ArgumentNullException.ThrowIfNull(tests);
        var derived = tests.GetTypes().Where(t => t.IsPublic && !t.IsAbstract).Select(t => t.BaseType).ToHashSet();
        return [.. All.Where(suite => !derived.Contains(suite.MakeGenericType(typeof(TLocation)))).Select(suite => suite.Name)];
    }

    private static bool IsSuite(Type type)
        => type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(TierSuite<>);
}
