using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MvStore.Tests.Documentation;

/// <summary>A block with everything it builds on, as one program.</summary>
/// <param name="Code">The program: usings first, then statements, then types, each in the order of the page. Types alone are a program that does nothing.</param>
/// <param name="Output">What it prints in all.</param>
internal sealed record SnippetText(string Code, string Output)
{
    /// <summary>Puts it together.</summary>
    /// <param name="snippet">The block.</param>
    /// <param name="page">All blocks of its page.</param>
    public static SnippetText Of(Snippet snippet, IEnumerable<Snippet> page)
    {
        var parts = new List<Snippet> { snippet };
        while (parts[0].Basis is { } basis)
        {
            var found = page.SingleOrDefault(other => other.Name == basis)
                ?? throw new FormatException($"{parts[0]} builds on '{basis}', which is no block of its page.");
            parts.Insert(0, found);
        }

        var units = parts.Select(part => CSharpSyntaxTree.ParseText(part.Code, new CSharpParseOptions(LanguageVersion.Latest)).GetCompilationUnitRoot()).ToList();
        var usings = units.SelectMany(unit => unit.Usings).Select(directive => directive.ToString()).Distinct();
        var members = units.SelectMany(unit => unit.Members).ToList();
        var statements = members.OfType<GlobalStatementSyntax>().Select(member => member.ToFullString()).DefaultIfEmpty("return;\n");
        var types = members.Where(member => member is not GlobalStatementSyntax).Select(member => member.ToFullString());
        return new SnippetText(
            string.Join('\n', [.. usings, .. statements, .. types]),
            string.Join('\n', parts.Select(part => part.Output).Where(output => output.Length > 0)));
    }
}
