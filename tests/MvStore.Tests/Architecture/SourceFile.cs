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

    /// <summary>Names of the types that are not nested in another one.</summary>
    public IEnumerable<string> TopLevelTypes
        => Root.DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .Select(n => n switch
            {
                BaseTypeDeclarationSyntax type => type.Identifier.Text,
                DelegateDeclarationSyntax type => type.Identifier.Text,
                _ => null,
            })
            .OfType<string>();

    public bool IsProgram => Root.Members.OfType<GlobalStatementSyntax>().Any();

    /// <summary>Names of the methods that a test runner runs.</summary>
    public IEnumerable<string> TestMethods
        => Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
            .Where(m => m.AttributeLists.SelectMany(l => l.Attributes).Any(a => IsTestAttribute(a.Name.ToString())))
            .Select(m => m.Identifier.Text);

    public static SourceFile Parse(string path, string text)
        => new(path, (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(text, path: path).GetRoot());

    // Attributes derived for one purpose (a fact that needs root, say) keep the suffix.
    private static bool IsTestAttribute(string name) => TestAttributes.Any(a => name.EndsWith(a, StringComparison.Ordinal));
}
