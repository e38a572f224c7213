using Mono.Cecil;

namespace MvStore.Tests.Architecture;

/// <summary>The dependency rule of DESIGN.md, read from the compiled engine.</summary>
public sealed class LayeringTests
{
    private const string Root = "MvStore";
    private const string Builder = "MvStoreBuilder";
    private const string Inspection = "CommitLogInspection";

    // What a stage may use besides itself: public types, seams, telemetry, unmanaged memory. Never another stage.
    private static readonly string[] Common = [Root, "MvStore.Contracts", "MvStore.Diagnostics", "MvStore.Unmanaged"];

    // Layer -> the other layers it may use. Root means its public types; the composition root is for nobody below.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["MvStore.Contracts"] = [Root, "MvStore.Unmanaged"],
        ["MvStore.Diagnostics"] = [Root, "MvStore.Contracts"],
        ["MvStore.Unmanaged"] = [],
        ["MvStore.Committing"] = Common,
        ["MvStore.Buffering"] = Common,
        ["MvStore.Caching"] = Common,
        ["MvStore.Filtering"] = Common,
        ["MvStore.Flushing"] = Common,
        ["MvStore.Logging"] = Common,
        ["MvStore.Pacing"] = Common,
        ["MvStore.Reading"] = Common,
        ["MvStore.GarbageCollection"] = Common,
    };

    // Public handles of rows where they lie: a call for each row cannot go through an interface, so these, and no others, know the shape of a row in memory
    // and the epoch that keeps it. What they show is still public types only.
    private static readonly HashSet<string> Handles = [$"{Root}.GuardedRow", $"{Root}.RowView", $"{Root}.RowScan", $"{Root}.RowPortion"];

    private static readonly string[] KnownToHandles = [Root, "MvStore.Contracts", "MvStore.Unmanaged"];

    // A public type of the root namespace is data or an interface that every layer may name, so it must know no layer itself.
    private static readonly HashSet<string> CompositionRoot =
    [
        .. CompiledAssembly.Engine.Module.Types.Where(t => t.Namespace == Root && (!t.IsPublic || t.Name is Builder or Inspection)).Select(t => t.FullName),
    ];

    public static TheoryData<string> Layers => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Layers))]
    public void LayerUsesOnlyWhatItMay(string layer)
    {
        var types = CompiledAssembly.Engine.Types.Where(t => CompiledAssembly.LayerOf(t) == layer).ToArray();
        types.Should().NotBeEmpty("a renamed folder must not switch its rule off");

        Dependencies(types)
            .Where(d => d.Layer != layer)
            .Where(d => !Allowed[layer].Contains(d.Layer) || CompositionRoot.Contains(d.To))
            .Select(d => $"{d.From} -> {d.To}")
            .Should().BeEmpty();
    }

    [Fact]
    public void PublicTypesOfTheRootKnowNoLayer()
        => Dependencies(CompiledAssembly.Engine.Types.Where(IsOrdinaryRootType))
            .Where(d => d.Layer != Root || CompositionRoot.Contains(d.To))
            .Select(d => $"{d.From} -> {d.To}")
            .Should().BeEmpty();

    [Fact]
    public void HandlesOfRowsKnowWhereRowsLieAndNoStage()
    {
        var handles = CompiledAssembly.Engine.Types.Where(IsHandle).ToArray();
        handles.Select(t => CompiledAssembly.Outermost(t).FullName).Should().Contain(Handles, "a renamed handle must not switch its rule off");

        Dependencies(handles)
            .Where(d => !KnownToHandles.Contains(d.Layer) || CompositionRoot.Contains(d.To))
            .Select(d => $"{d.From} -> {d.To}")
            .Should().BeEmpty();
    }

    [Fact]
    public void EveryNamespaceIsInTheRule()
        => CompiledAssembly.Engine.Types.Select(CompiledAssembly.LayerOf).Distinct()
            .Should().BeSubsetOf([.. Allowed.Keys, Root]);

    [Fact]
    public void TheCompositionRootIsKnown()
        => CompositionRoot.Should().Contain(["MvStore.MultiVersionStore", "MvStore." + Builder]);

    private static bool IsOrdinaryRootType(TypeDefinition type)
        => CompiledAssembly.LayerOf(type) == Root && !CompositionRoot.Contains(CompiledAssembly.Outermost(type).FullName) && !IsHandle(type);

    private static bool IsHandle(TypeDefinition type) => Handles.Contains(CompiledAssembly.Outermost(type).FullName);

    private static IEnumerable<(string From, string To, string Layer)> Dependencies(IEnumerable<TypeDefinition> types)
        => types.SelectMany(t => CompiledAssembly.UsesOf(t).Select(u => (From: t, To: u)))
            .Where(d => CompiledAssembly.Outermost(d.To) is TypeDefinition && d.To.Module == CompiledAssembly.Engine.Module)
            .Select(d => (d.From.FullName, CompiledAssembly.Outermost(d.To).FullName, CompiledAssembly.LayerOf(d.To)))
            .Where(d => d.Item3.Length > 0)
            .Distinct();
}
