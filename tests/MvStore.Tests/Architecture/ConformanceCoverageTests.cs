using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MvStore.Tests.Architecture;

/// <summary>Whoever implements a persistent tier proves it with every conformance suite, in the test project named after its own.</summary>
public sealed class ConformanceCoverageTests
{
    private const string SuiteProject = "tests/MvStore.Conformance";
    private const string Seam = "IPersistentTier";

    private static readonly string[] TierProjects =
    [
        .. Repository.SourcesIn("src").Concat(Repository.SourcesIn(SuiteProject))
            .Where(s => s.Classes.Any(c => !IsAbstract(c) && BasesOf(c).Contains(Seam)))
            .Select(s => s.Path.Split('/')[1])
            .Distinct(),
    ];

    private static readonly string[] Suites =
    [
        .. Repository.SourcesIn(SuiteProject)
            .Where(s => s.TestMethods.Any())
            .SelectMany(s => s.Classes.Where(IsAbstract))
            .Select(c => c.Identifier.Text),
    ];

    [Fact]
    public void F2_EverySuiteIsDerivedForEveryTier()
    {
        TierProjects.Should().Contain("MvStore.Sqlite");
        Suites.Should().NotBeEmpty();

        TierProjects.SelectMany(tier => Suites.Except(DerivedIn($"tests/{tier}.Tests")).Select(suite => $"{suite} in tests/{tier}.Tests"))
            .Should().BeEmpty();
    }

    private static IEnumerable<string> DerivedIn(string testProject)
        => Repository.SourcesIn(testProject).SelectMany(s => s.Classes).Where(c => !IsAbstract(c)).SelectMany(BasesOf);

    private static IEnumerable<string> BasesOf(TypeDeclarationSyntax type)
        => type.BaseList?.Types.Select(b => b.Type.ToString().Split('.')[^1].Split('<')[0]) ?? [];

    private static bool IsAbstract(TypeDeclarationSyntax type)
        => type is InterfaceDeclarationSyntax || type.Modifiers.Any(m => m.IsKind(SyntaxKind.AbstractKeyword));
}
