using System.Text;
using System.Text.RegularExpressions;

namespace MvStore.Tool.Tests.Fixtures;

/// <summary>What a run of the command left behind.</summary>
internal sealed partial record ToolResult(int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What it wrote as errors, without the lines of progress that are among it when it takes long.</summary>
    public string Complaint => ProgressLine().Replace(Error, "");

    public ToolResult Expect(ExitCode code)
    {
        ExitCode.Should().Be((int)code, "it wrote {0}{1}", Error, Text);
        return this;
    }

    [GeneratedRegex(@"^[^\n]+: [0-9,]+ of [0-9,]+ [a-z]+ \([0-9]+ %\), [^\n]+\n", RegexOptions.Multiline)]
    private static partial Regex ProgressLine();
}
