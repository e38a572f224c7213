using System.Text;
using System.Text.Json;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

/// <summary>One import of <see cref="Histories.OneOfEach"/>, asked in every way.</summary>
public sealed class QueryCommandTests : IAsyncLifetime, IDisposable
{
    private readonly TestRepository _repository = new(Histories.OneOfEach());

    public async Task InitializeAsync() => (await InProcess.RunAsync(_repository.Path)).Expect(ExitCode.Ok);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData("a.txt", 1, "one")]
    [InlineData("a.txt", 3, "two")]
    [InlineData("a.txt", 9, "two")]
    [InlineData("a.txt", 13, "again")]
    [InlineData("b.txt", 10, "two")]
    [InlineData("empty", 6, "")]
    [InlineData("dir", 4, "a file")]
    [InlineData("dir/inner", 5, "inside")]
    [InlineData("dir", 12, "")]
    [InlineData("link", 6, "a.txt")]
    [InlineData("side.txt", 8, "from the side")]
    [InlineData("sub", 6, Histories.SubmoduleCommit)]
    public async Task Get_gives_the_bytes_of_a_version(string path, int at, string content)
        => (await RunAsync("get", path, "--at", $"{at}")).Expect(ExitCode.Ok).Text.Should().Be(content);

    [Theory]
    [InlineData("a.txt", 11)]
    [InlineData("empty", 7)]
    [InlineData("dir", 5)]
    [InlineData("dir/inner", 12)]
    [InlineData("side.txt", 7)]
    [InlineData("sub", 11)]
    [InlineData("never", 13)]
    public async Task Get_says_when_there_is_nothing(string path, int at)
    {
        var result = (await RunAsync("get", path, "--at", $"{at}")).Expect(ExitCode.Negative);

        result.Output.Should().BeEmpty();
        result.Error.Should().Be($"mvstore: The path {path} does not exist at version {at}.\n");
    }

    [Fact]
    public async Task Get_gives_binary_files_untouched()
        => (await RunAsync("get", "bin")).Expect(ExitCode.Ok).Output.Should().Equal(Histories.Binary);

    [Fact]
    public async Task Get_finds_a_path_that_is_no_text()
        => (await RunAsync("get", Convert.ToBase64String(Histories.OddPath), "--base64-path")).Expect(ExitCode.Ok).Text.Should().Be("odd");

    [Fact]
    public async Task Get_as_json_has_everything()
    {
        var document = await JsonAsync("get", "a.txt", "--at", "9", "--json");

        document.GetProperty("path").GetString().Should().Be("a.txt");
        document.GetProperty("at").GetInt32().Should().Be(9);
        document.GetProperty("version").GetInt32().Should().Be(3);
        document.GetProperty("mode").GetString().Should().Be("100755");
        document.GetProperty("size").GetInt32().Should().Be(3);
        document.GetProperty("valueBase64").GetBytesFromBase64().Should().Equal("two"u8.ToArray());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    public async Task A_version_that_cannot_be_is_a_usage_error(string at)
        => (await RunAsync("get", "a.txt", "--at", at)).Expect(ExitCode.Usage).Error.Should().Contain("--help");

    [Fact]
    public async Task A_version_that_is_not_there_yet_is_refused()
        => (await RunAsync("scan", "--at", "14")).Expect(ExitCode.Negative).Error.Should().Contain("it holds 1 to 13");

    [Fact]
    public async Task History_lists_what_changed_newest_first()
    {
        var lines = (await RunAsync("history", "a.txt")).Expect(ExitCode.Ok).Lines;

        lines[0].Should().StartWith("version  commit");
        lines.Skip(1).Select(static l => l.Split(' ')[0]).Should().Equal("13", "10", "4", "3", "1");
        lines[2].Should().Contain("deleted");
        lines[3].Should().Contain("100755").And.Contain("make executable");
        lines[4].Should().Contain("100644").And.Contain("  Ada Lovelace  change").And.Contain("+0130");
    }

    [Fact]
    public async Task History_as_json_has_everything()
    {
        var events = (await JsonAsync("history", "empty", "--json")).GetProperty("events");

        events.GetArrayLength().Should().Be(2);
        events[0].GetProperty("version").GetInt32().Should().Be(7);
        events[0].GetProperty("deleted").GetBoolean().Should().BeTrue();
        events[0].TryGetProperty("size", out _).Should().BeFalse();
        events[1].GetProperty("size").GetInt32().Should().Be(0);
        events[1].GetProperty("subject").GetString().Should().Be("add");
        events[1].GetProperty("commit").GetString().Should().Be((await _repository.ChainAsync())[0]);
        events[1].GetProperty("time").GetDateTimeOffset().Offset.Should().Be(TimeSpan.FromMinutes(90));
    }

    [Fact]
    public async Task History_of_a_path_that_never_was_is_empty_and_says_so()
        => (await RunAsync("history", "never")).Expect(ExitCode.Negative).Error.Should().Contain("never existed");

    [Fact]
    public async Task Scan_lists_a_version_in_byte_order()
        => (await RunAsync("scan", "--at", "6")).Expect(ExitCode.Ok).Lines.Should().Equal(
            "100755          3  a.txt",
            "100644        256  bin",
            "100644          6  dir/inner",
            "100644          0  empty",
            "120000          5  link",
            "100644          3  \"odd/\\n\\\"\\\\\\377\\376 \\t\"",
            "160000         40  sub");

    [Fact]
    public async Task Scan_keeps_to_a_prefix()
        => (await RunAsync("scan", "--at", "5", "--prefix", "dir/")).Expect(ExitCode.Ok).Lines.Should().Equal("100644          6  dir/inner");

    [Fact]
    public async Task Scan_as_json_gives_odd_paths_in_base64()
    {
        var document = await JsonAsync("scan", "--at", "2", "--json");

        var odd = document.GetProperty("paths").EnumerateArray().Single(static p => p.TryGetProperty("pathBase64", out _));
        odd.GetProperty("pathBase64").GetBytesFromBase64().Should().Equal(Histories.OddPath);
        document.GetProperty("paths").GetArrayLength().Should().Be(5);
    }

    [Fact]
    public async Task Diff_lists_what_was_added_modified_and_deleted()
        => (await RunAsync("diff", "4", "12")).Expect(ExitCode.Ok).Lines.Should().Equal(
            "D  a.txt", "A  b.txt", "M  dir", "D  empty", "A  link", "A  side.txt");

    [Fact]
    public async Task Diff_sees_modes_and_goes_backwards()
    {
        (await RunAsync("diff", "3", "4")).Expect(ExitCode.Ok).Lines.Should().Equal("M  a.txt");
        (await RunAsync("diff", "6", "5")).Expect(ExitCode.Ok).Lines.Should().Equal("D  link", "D  sub");
        (await RunAsync("diff", "9", "9")).Expect(ExitCode.Ok).Lines.Should().BeEmpty();
    }

    [Fact]
    public async Task Diff_as_json_has_sizes_and_modes()
    {
        var change = (await JsonAsync("diff", "1", "4", "--json")).GetProperty("changes").EnumerateArray()
            .Single(static c => c.GetProperty("path").GetString() == "a.txt");

        change.GetProperty("change").GetString().Should().Be("modified");
        change.GetProperty("oldMode").GetString().Should().Be("100644");
        change.GetProperty("newMode").GetString().Should().Be("100755");
        change.GetProperty("newSize").GetInt32().Should().Be(3);
    }

    [Fact]
    public async Task Stat_says_what_the_store_holds()
    {
        var stat = await JsonAsync("stat", "--json");

        stat.GetProperty("versions").GetInt32().Should().Be(13);
        stat.GetProperty("durableVersion").GetInt32().Should().Be(13);
        stat.GetProperty("floor").GetInt32().Should().Be(0);
        stat.GetProperty("paths").GetInt32().Should().Be(7);
        stat.GetProperty("keys").GetInt32().Should().Be(20);
        stat.GetProperty("commit").GetString().Should().Be((await _repository.ChainAsync())[^1]);
        (await RunAsync("stat")).Expect(ExitCode.Ok).Lines.Should().Contain("versions         13");
    }

    [Fact]
    public async Task Nothing_a_pipe_gets_contains_a_control_character()
    {
        string[][] commands = [["import-git"], ["scan"], ["history", "a.txt"], ["diff", "1", "13"], ["stat"], ["verify-git"], ["--help"]];
        foreach (var command in commands)
        {
            var result = (await RunAsync(command)).Expect(ExitCode.Ok);
            (result.Text + result.Error).Where(static c => char.IsControl(c) && c != '\n').Should().BeEmpty("of {0}", command[0]);
        }
    }

    private Task<ToolResult> RunAsync(params string[] args) => InProcess.RunAsync(_repository.Path, args);

    private async Task<JsonElement> JsonAsync(params string[] args)
        => JsonDocument.Parse(Encoding.UTF8.GetString((await RunAsync(args)).Expect(ExitCode.Ok).Output)).RootElement;
}
