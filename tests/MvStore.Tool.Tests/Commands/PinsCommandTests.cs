using System.Text.Json;
using MvStore.Sqlite;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public sealed class PinsCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Store => _directory.Combine("shop.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Each_lease_is_listed_with_what_it_alone_keeps()
    {
        await MakeAsync();
        var before = await StoreDump.DigestAsync(Store);

        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "pins", Store, "--keep", "0", "--json")).Text);
        json.RootElement.GetProperty("floor").GetInt32().Should().Be(5);
        json.RootElement.GetProperty("pinnedVersions").GetInt32().Should().Be(3, "a and b at 2, a at 4");
        var leases = json.RootElement.GetProperty("leases");
        leases.GetArrayLength().Should().Be(3);
        leases[0].GetProperty("name").GetString().Should().Be("feed");
        leases[0].GetProperty("version").GetInt32().Should().Be(2);
        leases[0].GetProperty("sequence").GetInt32().Should().Be(5);
        leases[0].GetProperty("heldVersions").GetInt32().Should().Be(1, "b is seen by the other one, too");
        leases[0].GetProperty("heldBytes").GetInt32().Should().Be(2);
        leases[0].TryGetProperty("fromBase64", out _).Should().BeFalse();
        leases[1].GetProperty("name").GetString().Should().Be("part");
        leases[1].GetProperty("heldVersions").GetInt32().Should().Be(0);
        leases[1].GetProperty("fromBase64").GetBytesFromBase64().Should().Equal("b"u8.ToArray());
        leases[1].GetProperty("fromIncluded").GetBoolean().Should().BeTrue();
        leases[1].GetProperty("untilBase64").GetBytesFromBase64().Should().Equal("c"u8.ToArray());
        leases[1].GetProperty("untilIncluded").GetBoolean().Should().BeFalse();
        leases[2].GetProperty("name").GetString().Should().Be("search");
        leases[2].GetProperty("heldVersions").GetInt32().Should().Be(1);
        leases[2].GetProperty("expiresAt").GetDateTimeOffset().Should().BeAfter(leases[2].GetProperty("openedAt").GetDateTimeOffset());

        var lines = (await RunAsync(ExitCode.Ok, "pins", "--keep", "0", "--store", Store)).Lines;
        lines[2].Should().MatchRegex("^leases +3$");
        lines[3].Should().MatchRegex("^kept by leases +3 versions, 6 bytes$");
        lines[4].Should().MatchRegex("^holds of changes +0$");
        lines[6].Should().StartWith("feed ").And.EndWith("1 versions, 2 bytes  all");
        lines[7].Should().StartWith("part ").And.EndWith("[b, c)");
        lines[8].Should().StartWith("search ");
        (await StoreDump.DigestAsync(Store)).Should().Be(before);

        // It predicts what gc does.
        using var gc = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "gc", "--keep", "0", "--store", Store, "--json")).Text);
        gc.RootElement.GetProperty("pins").GetInt32().Should().Be(3);
        (await RunAsync(ExitCode.Ok, "pins", Store)).Text.Should().Contain("3 versions, 6 bytes");
    }

    [Fact]
    public async Task A_store_without_leases_says_so_and_one_that_is_not_there_is_not_made()
    {
        await using (var store = await new MvStoreBuilder().UseSqlite(Store).OpenAsync())
        {
            await store.CommitAsync(new WriteBatch().Set("a"u8, "1"u8), 1);
        }

        (await RunAsync(ExitCode.Ok, "pins", Store)).Lines.Should().HaveCount(5).And.Contain(line => line.StartsWith("leases", StringComparison.Ordinal) && line.EndsWith(" 0", StringComparison.Ordinal));
        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "pins", Store, "--json")).Text);
        json.RootElement.GetProperty("leases").GetArrayLength().Should().Be(0);
        (await RunAsync(ExitCode.Ok, "pins", "--help")).Text.Should().Contain("Examples:");
        await RunAsync(ExitCode.Store, "pins", _directory.Combine("none.db"));
        await RunAsync(ExitCode.Usage, "pins", Store, "--keep", "some");
        File.Exists(_directory.Combine("none.db")).Should().BeFalse();
    }

    [Fact]
    public async Task Each_hold_of_changes_is_listed_with_where_it_is_and_what_is_behind_it()
    {
        await using (var store = await new MvStoreBuilder().UseSqlite(Store).Configure(o => o.GarbageCollection.Interval = Timeout.InfiniteTimeSpan).OpenAsync())
        {
            await store.CommitAsync(new WriteBatch().Set("a"u8, "1"u8), 1);
            await store.CommitAsync(new WriteBatch().Set("a"u8, "2"u8), 2);
            await store.HoldChangesAsync("search", (await store.GetChangeBoundsAsync()).Newest, TimeSpan.FromDays(2));
            await store.HoldChangesAsync("audit", ChangePosition.Beginning, TimeSpan.FromDays(1));
            await store.CommitAsync(new WriteBatch().Set("a"u8, "3"u8), 3);
        }

        var before = await StoreDump.DigestAsync(Store);
        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "pins", Store, "--keep", "0", "--json")).Text);
        json.RootElement.GetProperty("floor").GetInt32().Should().Be(0, "no floor rises to what is held");
        var holds = json.RootElement.GetProperty("holds");
        holds.EnumerateArray().Select(static h => (h.GetProperty("name").GetString(), h.GetProperty("sequence").GetInt32(), h.GetProperty("heldPublications").GetInt32()))
            .Should().Equal(("audit", 0, 3), ("search", 2, 1));
        holds[0].GetProperty("position").GetString().Should().Be(ChangePosition.Beginning.ToString());
        holds[0].GetProperty("expiresAt").GetDateTimeOffset().Should().BeBefore(holds[1].GetProperty("expiresAt").GetDateTimeOffset());

        var lines = (await RunAsync(ExitCode.Ok, "pins", Store)).Lines;
        lines[4].Should().MatchRegex("^holds of changes +2$");
        lines[5].Should().MatchRegex("^hold +position +expires +keeps$");
        lines[6].Should().StartWith("audit ").And.EndWith("3 publications");
        lines[7].Should().StartWith("search ").And.EndWith("1 publications");
        (await StoreDump.DigestAsync(Store)).Should().Be(before);

        // Where it is goes on from there.
        (await RunAsync(ExitCode.Ok, "changes", Store, "--after", holds[1].GetProperty("position").GetString()!)).Lines[0].Should().StartWith("version 3, publication 3,");
    }

    /// <summary>Two keys with five versions, and three leases: of all keys at 2 and 4, of one key at 2.</summary>
    private async Task MakeAsync()
    {
        await using var store = await new MvStoreBuilder().UseSqlite(Store).Configure(o => o.GarbageCollection.Interval = Timeout.InfiniteTimeSpan).OpenAsync();
        for (ulong version = 1; version <= 5; version++)
        {
            var batch = new WriteBatch().Set("a"u8, [(byte)('0' + version)]);
            _ = version is 2 or 5 ? batch.Set("b"u8, "b"u8) : batch;
            await store.CommitAsync(batch, version);
        }

        await store.OpenLeaseAsync("feed", 2, TimeSpan.FromDays(1));
        await store.OpenLeaseAsync("search", 4, TimeSpan.FromDays(2));
        await store.OpenLeaseAsync("part", 2, TimeSpan.FromDays(1), KeyRange.Between("b"u8, "c"u8));
        await store.FlushAsync();
    }

    private async Task<ToolResult> RunAsync(ExitCode code, params string[] args) => (await InProcess.RunAsync(_directory.Path, args)).Expect(code);
}
