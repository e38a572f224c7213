using System.Text.Json;
using Microsoft.Data.Sqlite;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public sealed class MaintenanceCommandTests : IDisposable
{
    private readonly TestRepository _repository = new(Histories.Counting(20));

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task A_sound_store_verifies()
    {
        await RunAsync(ExitCode.Ok);

        (await RunAsync(ExitCode.Ok, "verify")).Text.Should().StartWith("Sound").And.Contain("rows checked");
        (await RunAsync(ExitCode.Ok, "verify", _repository.DefaultStore)).Text.Should().StartWith("Sound");
        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "verify", "--json")).Text);
        json.RootElement.GetProperty("sound").GetBoolean().Should().BeTrue();
        json.RootElement.GetProperty("highestVersion").GetInt32().Should().Be(20);
        json.RootElement.GetProperty("findings").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_damaged_store_does_not_verify_and_its_findings_name_no_keys()
    {
        await RunAsync(ExitCode.Ok);
        Damage(_repository.DefaultStore);

        var result = await RunAsync(ExitCode.Negative, "verify");
        result.Text.Should().StartWith("DAMAGED: 1 findings.");
        result.Error.Should().Contain("entry (version 7, key of 9 bytes): ").And.NotContain("counter");
        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Negative, "verify", "--json")).Text);
        var finding = json.RootElement.GetProperty("findings")[0];
        finding.GetProperty("keyBase64").GetBytesFromBase64().Should().Equal("f/counter"u8.ToArray());
        finding.GetProperty("version").GetInt32().Should().Be(7);
    }

    [Fact]
    public async Task A_backup_is_restored_to_an_equal_store()
    {
        await RunAsync(ExitCode.Ok);
        var before = await StoreDump.DigestAsync(_repository.DefaultStore);
        var backup = _repository.Beside("backup.db");

        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "backup", backup, "--json")).Text);
        json.RootElement.GetProperty("highestVersion").GetInt32().Should().Be(20);
        (await RunAsync(ExitCode.Store, "backup", backup)).Error.Should().Contain("exists already");
        (await RunAsync(ExitCode.Store, "restore", backup)).Error.Should().Contain("exists already");
        Directory.Delete(Path.GetDirectoryName(_repository.DefaultStore)!, recursive: true);
        (await RunAsync(ExitCode.Ok, "restore", backup)).Text.Should().Contain("highest version");

        (await StoreDump.DigestAsync(_repository.DefaultStore)).Should().Be(before).And.Be(await StoreDump.DigestAsync(backup));
        await RunAsync(ExitCode.Ok, "verify-git");
    }

    [Fact]
    public async Task A_damaged_backup_is_not_restored()
    {
        await RunAsync(ExitCode.Ok);
        var backup = _repository.Beside("backup.db");
        await RunAsync(ExitCode.Ok, "backup", backup);
        Damage(backup);

        (await RunAsync(ExitCode.Negative, "restore", backup, "--store", _repository.Beside("new.db"))).Error.Should().Contain("is damaged");

        File.Exists(_repository.Beside("new.db")).Should().BeFalse();
    }

    [Fact]
    public async Task A_backup_that_is_not_there_is_a_store_error()
        => await RunAsync(ExitCode.Store, "restore", _repository.Beside("none.db"));

    [Fact]
    public async Task A_store_in_use_is_refused()
    {
        await RunAsync(ExitCode.Ok);
        await using var store = await StoreDump.OpenAsync(_repository.DefaultStore);

        await RunAsync(ExitCode.Store, "verify");
        await RunAsync(ExitCode.Store, "backup", _repository.Beside("backup.db"));
    }

    private static void Damage(string store)
    {
        using var connection = new SqliteConnection($"Data Source={store};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE history SET value = CAST('tampered' AS BLOB) WHERE key = CAST('f/counter' AS BLOB) AND version = 7";
        command.ExecuteNonQuery().Should().Be(1);
    }

    private async Task<ToolResult> RunAsync(ExitCode code, params string[] args)
        => (await InProcess.RunAsync(_repository.Path, args)).Expect(code);
}
