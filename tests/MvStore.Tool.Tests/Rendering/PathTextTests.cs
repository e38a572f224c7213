using System.Text;
using MvStore.Tool.Rendering;

namespace MvStore.Tool.Tests.Rendering;

public class PathTextTests
{
    [Theory]
    [InlineData("src/a b.txt", "src/a b.txt")]
    [InlineData("naïve/日本", "naïve/日本")]
    [InlineData("a\nb", "\"a\\nb\"")]
    [InlineData("tab\tcr\r", "\"tab\\tcr\\r\"")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("back\\slash", "\"back\\\\slash\"")]
    [InlineData("\u001b[31m", "\"\\033[31m\"")]
    [InlineData("\u202egpj.exe", "\"\\342\\200\\256gpj.exe\"")]
    [InlineData("", "")]
    public void Paths_are_quoted_as_git_quotes_them(string path, string shown)
        => PathText.Quote(Encoding.UTF8.GetBytes(path)).Should().Be(shown);

    [Fact]
    public void Bytes_that_are_not_text_are_octal()
        => PathText.Quote([(byte)'a', 0xFF, 0xC3, (byte)'b']).Should().Be("\"a\\377\\303b\"");

    [Fact]
    public void Foreign_text_loses_what_could_move_a_cursor()
        => PathText.Clean("a\u001b[2Jb\nc\u0085").Should().Be("a\uFFFD[2Jb\uFFFDc\uFFFD");
}
