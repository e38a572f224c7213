using Mono.Cecil;

namespace MvStore.Tests.Architecture;

/// <summary>
/// The direction of the data: each member of a seam is called from one layer only. The table is complete in both directions, so a new
/// member is a decision and a dead one is noticed. Reads of a property are free to everyone and are not listed; everything else is.
/// </summary>
public sealed class SeamTests
{
    private const string SeamNamespace = "MvStore.Contracts";

    // The public interface that is a seam as well: the hand-over to the persistent tier.
    private static readonly string[] PublicSeams = ["MvStore.IPersistentTier"];

    // Seam member -> the layer that calls it. "MvStore" is the composition root.
    private static readonly Dictionary<string, string[]> Callers = new()
    {
    };

    public static TheoryData<string> Members => [.. Callers.Keys];

    [Theory]
    [MemberData(nameof(Members))]
    public void SeamMemberIsCalledFromItsLayerOnly(string member)
        => CompiledAssembly.Engine.Types
            .Where(t => CompiledAssembly.CallsOf(t).Any(c => KeyOf(c) == member))
            .Select(CompiledAssembly.LayerOf).Distinct()
            .Should().BeEquivalentTo(Callers[member]);

    [Fact]
    public void EverySeamMemberIsInTheTableAndNoOther()
        => Seams().SelectMany(s => s.Methods).Where(m => !m.IsGetter && !m.IsStatic).Select(KeyOf).Distinct()
            .Should().BeEquivalentTo(Callers.Keys);

    private static IEnumerable<TypeDefinition> Seams()
        => CompiledAssembly.Engine.Module.GetTypes()
            .Where(t => t.IsInterface && (CompiledAssembly.LayerOf(t) == SeamNamespace || PublicSeams.Contains(t.FullName)));

    private static string KeyOf(MethodReference method)
    {
        var name = method.Name.StartsWith("set_", StringComparison.Ordinal) ? method.Name[4..] : method.Name;
        return $"{method.DeclaringType.GetElementType().Name.Split('`')[0]}.{name}";
    }
}
