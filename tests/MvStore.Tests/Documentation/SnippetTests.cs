namespace MvStore.Tests.Documentation;

/// <summary>How blocks of pages are found and put together.</summary>
public sealed class SnippetTests
{
    private const string Page = """
        ```csharp as store
        using System;
        var a = 1;
        Console.WriteLine(a);
        ```

        ```text
        1
        ```

        Prose.

        ```csharp on store
        using System;
        using System.Text;
        Console.WriteLine(new Twice().Of(a));

        internal sealed class Twice
        {
            public int Of(int a) => 2 * a;
        }
        ```

        ```text
        2
        ```

        ```csharp not run: it never ends
        while (true) { }
        ```

        ```sql
        SELECT 1
        ```
        """;

    [Fact]
    public void EachBlockKnowsWhatItBuildsOn()
    {
        var blocks = Snippet.In("page.md", Page).ToList();

        blocks.Select(b => (b.Line, b.Name, b.Basis, b.ReasonNotToRun)).Should().Equal(
            (2, "store", null, null), (14, null, "store", null), (29, null, null, "it never ends"));
        blocks.Select(b => b.Output).Should().Equal("1", "2", string.Empty);
    }

    [Fact]
    public void WhatABlockBuildsOnComesFirstAndUsingsComeOnce()
    {
        var blocks = Snippet.In("page.md", Page).ToList();
        var text = SnippetText.Of(blocks[1], blocks);
        using var program = new SnippetProgram();

        text.Code.Should().StartWith("using System;\nusing System.Text;\nvar a = 1;");
        text.Output.Should().Be("1\n2");
        program.Compile(text.Code).Should().BeEmpty();
    }

    [Theory]
    [InlineData("```csharp skip\n```", "*page.md:2*'skip'*as NAME*")]
    [InlineData("```csharp not run:\n```", "*not run: REASON*")]
    [InlineData("```csharp\nvar a = 1;", "*does not end*")]
    public void AFenceThatNobodyUnderstandsIsAnError(string page, string message)
        => FluentActions.Enumerating(() => Snippet.In("page.md", page)).Should().Throw<FormatException>().WithMessage(message);

    [Fact]
    public void ABlockThatBuildsOnNothingIsAnError()
    {
        var blocks = Snippet.In("page.md", "```csharp on store\nvar a = 1;\n```").ToList();

        FluentActions.Invoking(() => SnippetText.Of(blocks[0], blocks)).Should().Throw<FormatException>().WithMessage("*'store'*");
    }
}
