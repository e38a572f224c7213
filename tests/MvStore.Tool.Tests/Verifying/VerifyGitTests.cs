using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using MvStore.Tool.Layout;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Verifying;

public class VerifyGitTests
{
    [Fact]
    public async Task A_long_history_of_everything_is_equal_at_every_commit()
    {
        using var repository = new TestRepository(SyntheticHistory.Create(400, seed: 7));
        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok);

        var result = (await InProcess.RunAsync(repository.Path, "verify-git", "--every", "1", "--json")).Expect(ExitCode.Ok);

        var document = JsonDocument.Parse(result.Output).RootElement;
        document.GetProperty("equal").GetBoolean().Should().BeTrue();
        document.GetProperty("commits").GetInt32().Should().Be(400);
        document.GetProperty("paths").GetInt64().Should().BeGreaterThan(400 * 150);
    }

    [Theory]
    [InlineData("f/counter", "tampered", "counter: the content is not that of")]
    [InlineData("f/counter", null, "counter: git has the path, a scan of the store does not")]
    [InlineData("f/extra", "x", "extra: the store has the path, git does not")]
    [InlineData("m/counter", "100755", "counter: the mode is 100755 in the store, 100644 in git")]
    [InlineData("m/nothing", "100755", "nothing: the store has a mode for a path that git does not have")]
    [InlineData("x/unknown", "x", "the store has a key that no import writes")]
    public async Task A_planted_difference_is_found_and_named(string key, string? value, string complaint)
    {
        using var repository = new TestRepository(Histories.Counting(20));
        await PlantAsync(repository, Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value));

        var result = (await InProcess.RunAsync(repository.Path, "verify-git", "--every", "1")).Expect(ExitCode.Negative);

        result.Error.Should().Contain(complaint);
        result.Text.Should().StartWith("DIFFERENT");
    }

    [Fact]
    public async Task A_tampered_commit_record_is_found()
    {
        using var repository = new TestRepository(Histories.Counting(20));
        await PlantAsync(repository, KeyLayout.Commit(7), "commit 0\nauthor x\ntime 0\n\nx"u8.ToArray());

        (await InProcess.RunAsync(repository.Path, "verify-git")).Expect(ExitCode.Negative).Error.Should().Contain("version 7").And.Contain("commit record");
    }

    [Fact]
    public async Task The_first_differences_are_listed_and_the_others_counted()
    {
        using var repository = new TestRepository(Histories.Counting(40));
        (await InProcess.RunAsync(repository.Path, "import-git", "--ref", "HEAD~1", "--store", "s.db")).Expect(ExitCode.Ok);
        using var other = new TestRepository(SyntheticHistory.Create(40));

        var result = (await InProcess.RunAsync(other.Path, "verify-git", "--store", Path.Combine(repository.Path, "s.db"))).Expect(ExitCode.Negative);

        result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(21).And.Subject.Last().Should().Contain("more");
    }

    [Fact]
    public async Task A_store_that_is_behind_is_equal_and_said_to_be_behind()
    {
        using var repository = new TestRepository(Histories.Counting(20));
        (await InProcess.RunAsync(repository.Path, "import-git", "--ref", "HEAD~5")).Expect(ExitCode.Ok);

        (await InProcess.RunAsync(repository.Path, "verify-git")).Expect(ExitCode.Ok).Text.Should().Contain("5 newer commits");
    }

    [Fact]
    public async Task A_store_with_more_versions_than_commits_is_refused()
    {
        using var repository = new TestRepository(Histories.Counting(20));
        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok);

        (await InProcess.RunAsync(repository.Path, "verify-git", "--ref", "HEAD~5")).Expect(ExitCode.Store);
    }

    [Fact]
    public async Task A_row_deleted_behind_the_stores_back_is_found()
    {
        using var repository = new TestRepository(Histories.Counting(20));
        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok);
        ExecuteSql(repository, "DELETE FROM history WHERE key = CAST('f/counter' AS BLOB) AND version = 7");

        (await InProcess.RunAsync(repository.Path, "verify-git", "--every", "1")).Expect(ExitCode.Negative)
            .Complaint.Should().StartWith("version 7 ").And.Contain("counter: the content is not that of");
    }

    [Fact]
    public async Task A_row_changed_behind_the_stores_back_is_a_damaged_store()
    {
        using var repository = new TestRepository(Histories.Counting(20));
        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok);
        ExecuteSql(repository, "UPDATE history SET value = CAST('tampered' AS BLOB) WHERE key = CAST('f/counter' AS BLOB) AND version = 7");

        (await InProcess.RunAsync(repository.Path, "verify-git", "--every", "1")).Expect(ExitCode.Store).Error.Should().NotContain("defect");
    }

    private static void ExecuteSql(TestRepository repository, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={repository.DefaultStore};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are in this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery().Should().Be(1);
    }

    /// <summary>Imports all but the last commit, then commits the last one with a key that is wrong.</summary>
    private static async Task PlantAsync(TestRepository repository, byte[] key, byte[]? value)
    {
        (await InProcess.RunAsync(repository.Path, "import-git", "--ref", "HEAD~1")).Expect(ExitCode.Ok);
        await using var store = await StoreDump.OpenAsync(repository.DefaultStore);
        var batch = new WriteBatch();
        _ = value is null ? batch.Remove(key) : batch.Set(key, value);
        await store.CommitAsync(batch, store.VisibleVersion.Value + 1, Durability.Durable);
    }
}
