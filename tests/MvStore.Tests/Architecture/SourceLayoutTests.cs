using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MvStore.Tests.Architecture;

/// <summary>What <c>ls</c> shows is what there is: a folder is a namespace, a file is a type, and nothing is left half done.</summary>
public sealed class SourceLayoutTests
{
    // Split in two so that this file is not found by its own search.
    private static readonly string[] UnfinishedWords = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X"];

    private static readonly string UnfinishedException = "NotImplemented" + "Exception";

    // Time is injected in tests too: what waits for the clock is slow on a good day and wrong on a bad one.
    private static readonly string[] ClockMembers = ["Thread.Sleep", "Task.Delay", "DateTime.Now"];

    [Fact]
    public void NamespaceIsFolder()
        => Repository.SourcesIn("src").Concat(Repository.SourcesIn("tests")).Where(s => !s.IsProgram)
            .Where(s => s.Namespaces.Any(n => n != s.FolderAsNamespace))
            .Select(s => $"{s.Path}: {string.Join(", ", s.Namespaces)}")
            .Should().BeEmpty();

    [Fact]
    public void OneTypePerFileNamedAfterIt()
        => Repository.Sources.Where(s => !s.IsProgram)
            .Where(s => !s.TopLevelTypes.Distinct().SequenceEqual([s.Name]))
            .Where(s => !s.IsDirectivesOnly)
            .Select(s => $"{s.Path}: {string.Join(", ", s.TopLevelTypes)}")
            .Should().BeEmpty();

    [Fact]
    public void NothingIsMarkedAsUnfinished()
        => Repository.Sources.SelectMany(s => UnfinishedIn(s).Select(word => $"{s.Path}: {word}"))
            .Should().BeEmpty();

    [Fact]
    public void TestsDoNotWaitForTheClock()
        => Repository.SourcesIn("tests").SelectMany(s => ClockUsesIn(s).Select(use => $"{s.Path}: {use}"))
            .Should().BeEmpty();

    private static IEnumerable<string> UnfinishedIn(SourceFile source)
    {
        var comments = source.Root.DescendantTrivia(descendIntoTrivia: true)
            .Where(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia) || t.IsKind(SyntaxKind.MultiLineCommentTrivia)
                || t.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia))
            .Select(t => t.ToFullString());
        var words = comments.SelectMany(c => UnfinishedWords.Where(w => c.Contains(w, StringComparison.Ordinal)));
        var names = source.Root.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.Text);
        return words.Concat(names.Where(n => n == UnfinishedException)).Distinct();
    }

    private static IEnumerable<string> ClockUsesIn(SourceFile source)
        => source.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
            .Select(m => m.ToString())
            .Where(m => ClockMembers.Any(c => m == c || m.EndsWith('.' + c, StringComparison.Ordinal)));
}
