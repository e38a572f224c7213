using System.Diagnostics;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public sealed class CompletionsCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("FISH")]
    public async Task A_script_knows_every_command_and_option(string shell)
    {
        var script = await ScriptAsync(shell);

        foreach (var (_, command) in HelpTests.Walk(HelpTests.Root(), "").Skip(1))
        {
            script.Should().Contain(command.Name);
            foreach (var option in command.Options)
            {
                script.Should().Contain(shell.Equals("fish", StringComparison.OrdinalIgnoreCase) ? $" -l {option.Name[2..]} " : option.Name);
            }
        }

        script.Should().NotContain("\r").And.EndWith("\n");
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Quotes_are_closed_in_each_line(string shell)
    {
        foreach (var line in (await ScriptAsync(shell)).Split('\n').Where(static l => !l.StartsWith('#')))
        {
            // An apostrophe is written as '\'' in zsh and as \' in fish.
            var plain = shell == "zsh" ? line.Replace("'\\''", "", StringComparison.Ordinal) : line.Replace("\\'", "", StringComparison.Ordinal);
            (plain.Count(static c => c == '\'') % 2).Should().Be(0, "of {0}", line);
        }
    }

    [Theory]
    [InlineData("mvstore hist", "history")]
    [InlineData("mvstore log d", "dump")]
    [InlineData("mvstore log dump --js", "--json")]
    [InlineData("mvstore --store x.db get --base", "--base64-path")]
    [InlineData("mvstore completions f", "fish")]
    [InlineData("mvstore --store bac", "")]
    [InlineData("mvstore gc --at", "")]
    public async Task Bash_completes_a_word(string line, string completed)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var words = line.Split(' ');
        var file = _directory.Combine("completions.bash");
        await File.WriteAllTextAsync(file, await ScriptAsync("bash"));

        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"source '{file}'; COMP_WORDS=({line}); COMP_CWORD={words.Length - 1}; _mvstore; echo \"${{COMPREPLY[*]}}\"");
        using var bash = Process.Start(start)!;
        var error = bash.StandardError.ReadToEndAsync();
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();

        (await error).Should().BeEmpty();
        output.Trim().Should().Be(completed);
    }

    private async Task<string> ScriptAsync(string shell)
        => (await InProcess.RunAsync(_directory.Path, "completions", shell)).Expect(ExitCode.Ok).Text;
}
