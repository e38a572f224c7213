using System.Text;

namespace MvStore.Tool.Tests.Fixtures;

/// <summary>What a run of the command left behind.</summary>
internal sealed record ToolResult(int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public ToolResult Expect(ExitCode code)
    {
        ExitCode.Should().Be((int)code, "it wrote {0}{1}", Error, Text);
        return this;
    }
}
