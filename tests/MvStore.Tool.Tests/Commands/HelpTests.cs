using System.CommandLine;
using System.CommandLine.Parsing;
using MvStore.Tool.Commands;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public class HelpTests
{
    public static TheoryData<string> Commands
    {
        get
        {
            var commands = new TheoryData<string>();
            foreach (var (path, _) in Walk(Root(), ""))
            {
                commands.Add(path);
            }

            return commands;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_command_has_examples_that_can_be_run(string command)
    {
        var help = (await InProcess.RunAsync(Path.GetTempPath(), [.. Words(command), "--help"])).Expect(ExitCode.Ok).Text;

        help.Should().Contain("Exit codes:").And.Contain("Usage:");
        var examples = help[help.IndexOf("Examples:", StringComparison.Ordinal)..].Split("\n", StringSplitOptions.TrimEntries).Skip(1).TakeWhile(static l => l.Length > 0).ToList();
        examples.Should().NotBeEmpty();
        foreach (var example in examples)
        {
            example.Should().StartWith("mvstore").And.Contain("  ", "it says what it does");
            Root().Parse(Words(example.Split("  ")[0])[1..]).Errors.Should().BeEmpty("of {0}", example);
        }
    }

    [Fact]
    public async Task The_list_of_commands_has_a_line_for_each()
    {
        var help = (await InProcess.RunAsync(Path.GetTempPath(), "--help")).Expect(ExitCode.Ok).Lines;

        var list = help.SkipWhile(static l => l != "Commands:").Skip(1).ToList();
        list.Select(static l => l.Trim().Split(' ')[0]).Should().Equal(Root().Subcommands.Select(static c => c.Name));
    }

    internal static Command Root()
    {
        var root = CommandLine.Create(new ToolHost(Path.GetTempPath(), Stream.Null, TextWriter.Null, false, TextWriter.Null, false, TimeProvider.System));
        root.SetAction(static _ => 0); // without a command it imports
        return root;
    }

    internal static IEnumerable<(string Path, Command Command)> Walk(Command command, string path)
        => command.Subcommands.SelectMany(c => Walk(c, $"{path} {c.Name}".Trim())).Prepend((path, command));

    private static string[] Words(string line) => [.. CommandLineParser.SplitCommandLine(line)];
}
