using System.Xml.Linq;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace MvStore.Tests.Architecture;

/// <summary>What a host may call: public types at the root, each member documented; a tier sees no more than a host does.</summary>
public sealed class PublicSurfaceTests
{
    public static TheoryData<string> Libraries => ["MvStore", "MvStore.Sqlite", "MvStore.Hosting"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void PublicTypesAreAtTheRoot(string library)
        => Of(library).Types.Where(t => t.IsPublic && t.Namespace != library).Select(t => t.FullName)
            .Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Libraries))]
    public void EveryPublicMemberIsDocumented(string library)
    {
        var documented = DocumentedIn(library);
        documented.Should().NotBeEmpty();

        PublicMembers(Of(library))
            .Where(m => !documented.Contains(DocCommentId.GetDocCommentId(m)))
            .Select(m => m.FullName)
            .Should().BeEmpty();
    }

    [Fact]
    public void TheEngineKnowsNoTierAndNoTool()
        => CompiledAssembly.Engine.Module.AssemblyReferences.Select(r => r.Name)
            .Should().NotContain(name => name.StartsWith("MvStore", StringComparison.Ordinal) || name.Contains("Sqlite", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void ATierUsesPublicTypesOfTheEngineOnly()
        => CompiledAssembly.Sqlite.Module.GetTypeReferences()
            .Where(r => r.Scope.Name == "MvStore")
            .Where(r => CompiledAssembly.Engine.Module.GetType(r.FullName) is not { } type || !IsVisible(type))
            .Select(r => r.FullName)
            .Should().BeEmpty();

    [Fact]
    public void HostingUsesPublicTypesOnly()
        => CompiledAssembly.Hosting.Module.GetTypeReferences()
            .Where(r => r.Scope.Name is "MvStore" or "MvStore.Sqlite")
            .Where(r => Of(r.Scope.Name).Module.GetType(r.FullName) is not { } type || !IsVisible(type))
            .Select(r => r.FullName)
            .Should().BeEmpty();

    [Fact]
    public void OnlyHostingKnowsContainers()
        => new[] { CompiledAssembly.Engine, CompiledAssembly.Sqlite }
            .SelectMany(a => a.Module.AssemblyReferences)
            .Select(r => r.Name)
            .Should().NotContain(["Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Configuration.Abstractions", "MvStore.Hosting"]);

    [Fact]
    public void OnlyTestsAreFriendsOfTheLibraries()
        => new[] { CompiledAssembly.Engine, CompiledAssembly.Sqlite, CompiledAssembly.Hosting }
            .SelectMany(a => a.Module.Assembly.CustomAttributes)
            .Where(a => a.AttributeType.Name == "InternalsVisibleToAttribute")
            .Select(a => (string)a.ConstructorArguments[0].Value)
            .Should().OnlyContain(friend => Directory.Exists(Path.Combine(Repository.Root, "tests", friend)));

    private static CompiledAssembly Of(string library)
        => library switch
        {
            "MvStore" => CompiledAssembly.Engine,
            "MvStore.Sqlite" => CompiledAssembly.Sqlite,
            _ => CompiledAssembly.Hosting,
        };

    private static HashSet<string> DocumentedIn(string library)
        => [.. XDocument.Load(Path.Combine(AppContext.BaseDirectory, library + ".xml"))
            .Descendants("member")
            .Where(m => m.Elements().Any())
            .Select(m => m.Attribute("name")!.Value)];

    private static IEnumerable<IMemberDefinition> PublicMembers(CompiledAssembly assembly)
    {
        var types = assembly.Types.Where(IsVisible).ToArray();
        return types.Cast<IMemberDefinition>()
            .Concat(types.SelectMany(t => t.Fields).Where(f => (f.IsPublic || f.IsFamily) && !f.IsSpecialName))
            .Concat(types.SelectMany(t => t.Properties).Where(p => IsVisible(p.GetMethod) || IsVisible(p.SetMethod)))
            .Concat(types.SelectMany(t => t.Events).Where(e => IsVisible(e.AddMethod)))
            .Concat(types.SelectMany(t => t.Methods).Where(m => IsVisible(m) && !m.IsGetter && !m.IsSetter && !m.IsAddOn && !m.IsRemoveOn))
            .Where(m => m.CustomAttributes.All(a => a.AttributeType.Name != "CompilerGeneratedAttribute"))
            .Where(m => !IsImplicitConstructor(m));
    }

    // A constructor that nobody wrote says nothing that its type does not.
    private static bool IsImplicitConstructor(IMemberDefinition member)
        => member is MethodDefinition { IsConstructor: true, Parameters.Count: 0, DebugInformation.HasSequencePoints: false };

    private static bool IsVisible(MethodDefinition? method) => method is not null && (method.IsPublic || method.IsFamily);

    private static bool IsVisible(TypeDefinition type)
        => type.DeclaringType is null ? type.IsPublic : (type.IsNestedPublic || type.IsNestedFamily) && IsVisible(type.DeclaringType);
}
