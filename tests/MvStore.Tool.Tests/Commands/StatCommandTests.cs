using System.Text.Json;
using MvStore.Sqlite;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public sealed class StatCommandTests : IDisposable
{
    private readonly TestRepository _repository = new(Histories.OneOfEach());

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task An_import_is_counted_by_kind_of_key()
    {
        await RunAsync(ExitCode.Ok);

        var stat = await StatAsync();

        var kinds = stat.GetProperty("kinds").EnumerateArray().ToDictionary(static k => k.GetProperty("kind").GetString()!);
        kinds.Keys.Should().Equal("paths", "modes", "commits");
        Figures(kinds["commits"]).Should().Be((13, 13, 13, 0));
        // a.txt, b.txt, bin, dir, dir/inner, empty, link, odd, side.txt, sub.
        Figures(kinds["paths"]).Should().Be((10, 7, 18, 5));
        kinds["modes"].GetProperty("keysNow").GetInt32().Should().Be(0);
        stat.GetProperty("paths").GetInt32().Should().Be(7);
        stat.GetProperty("keys").GetInt32().Should().Be(20);
        var text = (await RunAsync(ExitCode.Ok, "stat")).Lines;
        text.Should().Contain(static l => l.StartsWith("kind ", StringComparison.Ordinal)).And.Contain(static l => l.StartsWith("paths ", StringComparison.Ordinal));

        static (int, int, int, int) Figures(JsonElement kind)
            => (kind.GetProperty("keys").GetInt32(), kind.GetProperty("keysNow").GetInt32(), kind.GetProperty("versions").GetInt32(), kind.GetProperty("deletions").GetInt32());
    }

    [Fact]
    public async Task The_files_are_measured_as_they_lay_there()
    {
        await RunAsync(ExitCode.Ok);
        var main = new FileInfo(_repository.DefaultStore).Length;

        var files = (await StatAsync()).GetProperty("files");

        files.GetProperty("mainBytes").GetInt64().Should().Be(main);
        files.GetProperty("writeAheadBytes").GetInt64().Should().Be(0);
    }

    [Fact]
    public async Task Any_store_is_told_with_floors_drops_and_leases()
    {
        var path = _repository.Beside("any.db");
        await using (var store = await new MvStoreBuilder()
            .Configure(static o =>
            {
                o.GarbageCollection.RetainVersions = 1;
                o.GarbageCollection.RetainVersionsByKind[EntryKind.Operator(7)] = 5;
            })
            .UseSqlite(path)
            .OpenAsync())
        {
            for (ulong version = 1; version <= 10; version++)
            {
                await store.CommitAsync(new WriteBatch().Set("k"u8, "v"u8), version);
            }

            await store.ReclaimAsync();
            await store.OpenLeaseAsync("feed", 10, TimeSpan.FromDays(1000));
            await store.OpenLeaseAsync("part", 9, TimeSpan.FromDays(1000), KeyRange.Prefix("k"u8));
        }

        var stat = await StatAsync("--store", path);

        stat.TryGetProperty("commit", out _).Should().BeFalse("no import made it");
        stat.GetProperty("versions").GetInt32().Should().Be(10);
        stat.GetProperty("floor").GetInt32().Should().Be(9);
        stat.GetProperty("floors").EnumerateArray().Select(static f => (f.GetProperty("kind").GetString(), f.GetProperty("floor").GetInt32()))
            .Should().Contain(("operator(7)", 5));
        stat.GetProperty("kinds")[0].GetProperty("kind").GetString().Should().Be("keys");
        stat.GetProperty("kinds")[0].GetProperty("versions").GetInt32().Should().Be(2);
        stat.GetProperty("leases").EnumerateArray()
            .Select(static l => (l.GetProperty("name").GetString(), l.GetProperty("version").GetInt32(), l.GetProperty("scoped").GetBoolean()))
            .Should().Equal(("feed", 10, false), ("part", 9, true));
        var text = (await RunAsync(ExitCode.Ok, "stat", "--store", path)).Text;
        text.Should().Contain("operator(7)").And.Contain("feed").And.Contain("part").And.NotContain("newest commit");
    }

    [Fact]
    public async Task A_copy_of_a_store_in_use_says_what_is_in_the_log_only()
    {
        var used = _repository.Beside("used.db");
        var copy = _repository.Beside("copy.db");
        await using (var store = await new MvStoreBuilder().Configure(static o => o.CommitLog.FlushAge = Timeout.InfiniteTimeSpan).UseSqlite(used).OpenAsync())
        {
            await store.CommitAsync(new WriteBatch().Set("a"u8, "1"u8), 5);
            await store.CommitAsync(new WriteBatch().Set("b"u8, "2"u8), 7, Durability.Durable);
            CopyTo(used, copy);
        }

        var stat = await StatAsync("--store", copy);

        stat.GetProperty("log").GetProperty("needed").GetBoolean().Should().BeTrue();
        stat.GetProperty("log").GetProperty("lag").GetInt32().Should().Be(2);
        stat.GetProperty("log").GetProperty("lastPublication").GetInt32().Should().Be(2);
        stat.GetProperty("storedVersion").GetInt32().Should().Be(0);
        stat.GetProperty("storedPublication").GetInt32().Should().Be(0);
        stat.GetProperty("versions").GetInt32().Should().Be(7, "the log was replayed");
        stat.GetProperty("files").GetProperty("commitLogBytes").GetInt64().Should().BePositive();
        var again = await StatAsync("--store", copy);
        again.GetProperty("log").GetProperty("needed").GetBoolean().Should().BeFalse("the command closed it in order");
        again.GetProperty("log").GetProperty("lag").GetInt32().Should().Be(0);
        again.GetProperty("storedPublication").GetInt32().Should().Be(2);
    }

    [Theory]
    [InlineData("stat")]
    [InlineData("scan")]
    [InlineData("get", "a.txt")]
    [InlineData("gc")]
    [InlineData("pins")]
    [InlineData("changes")]
    [InlineData("explain", "a.txt")]
    [InlineData("verify")]
    [InlineData("backup", "copy.db")]
    [InlineData("import-git")]
    public async Task Whoever_has_the_store_open_is_named(params string[] args)
    {
        await RunAsync(ExitCode.Ok);
        await using var store = await StoreDump.OpenAsync(_repository.DefaultStore);

        var error = (await RunAsync(ExitCode.Store, args)).Error;

        error.Should().Contain("One owner at a time").And.Contain(".db").And.EndWith(".\n");
        if (OperatingSystem.IsLinux())
        {
            error.Should().Contain($"is in use by process {Environment.ProcessId} (");
        }
    }

    private static void CopyTo(string used, string copy)
    {
        Directory.CreateDirectory(copy + "-log");
        foreach (var file in Directory.GetFiles(used + "-log").Where(static f => Path.GetFileName(f) != "lock"))
        {
            File.Copy(file, Path.Combine(copy + "-log", Path.GetFileName(file)));
        }

        foreach (var suffix in (string[])["", "-wal"])
        {
            File.Copy(used + suffix, copy + suffix);
        }
    }

    private async Task<JsonElement> StatAsync(params string[] args)
        => JsonDocument.Parse((await RunAsync(ExitCode.Ok, ["stat", "--json", .. args])).Text).RootElement;

    private async Task<ToolResult> RunAsync(ExitCode code, params string[] args)
        => (await InProcess.RunAsync(_repository.Path, args)).Expect(code);
}
