using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MvStore.Tests.Architecture;

/// <summary>One parsed C# file of the repository.</summary>
/// <param name="Path">Relative to the repository, with forward slashes.</param>
/// <param name="Root">The syntax tree's root.</param>
internal sealed record SourceFile(string Path, CompilationUnitSyntax Root)
{
    private static readonly string[] TestAttributes = ["Fact", "Theory"];

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The folder, without the leading <c>src/</c> or <c>tests/</c>, as a namespace.</summary>
    public string FolderAsNamespace
        => string.Join('.', Path.Split('/')[1..^1]);

    public IEnumerable<string> Namespaces
        => Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Select(n => n.Name.ToString());

    public IEnumerable<TypeDeclarationSyntax> Classes => Root.DescendantNodes().OfType<TypeDeclarationSyntax>();

    /// <summary>Names of the types that are not nested in another one. Suites derived in one line each go with the type they stand beside.</summary>
    public IReadOnlyList<string> TopLevelTypes
    {
        get
        {
            var types = Root.DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
                .Where(n => n is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
                .ToArray();
            var written = types.Where(t => !IsBareDerivation(t)).ToArray();
            return [.. (written.Length == 0 ? types : written).Select(NameOf)];
        }
    }

    public bool IsProgram => Root.Members.OfType<GlobalStatementSyntax>().Any();

    /// <summary>Whether it holds nothing but usings and attributes of the assembly.</summary>
    public bool IsDirectivesOnly => Root.Members.Count == 0;

    /// <summary>Names of the methods that a test runner runs.</summary>
    public IEnumerable<string> TestMethods
        => Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
            .Where(m => m.AttributeLists.SelectMany(l => l.Attributes).Any(a => IsTestAttribute(a.Name.ToString())))
            .Select(m => m.Identifier.Text);

    public static SourceFile Parse(string path, string text)
        => new(path, (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(text, path: path).GetRoot());

    private static bool IsBareDerivation(SyntaxNode node)
        => node is ClassDeclarationSyntax { BaseList: not null, ParameterList: null, Members.Count: 0 };

    private static string NameOf(SyntaxNode node)
        => node is DelegateDeclarationSyntax type ? type.Identifier.Text : ((BaseTypeDeclarationSyntax)node).Identifier.Text;

    // Attributes derived for one purpose (a fact that needs root, say) keep the suffix.
    private static bool IsTestAttribute(string name) => TestAttributes.Any(a => name.EndsWith(a, StringComparison.Ordinal));
}
