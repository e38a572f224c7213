using Microsoft.Data.Sqlite;

namespace MvStore.Sqlite.Tests.Files;

/// <summary>What is not a store of this format is refused, and neither it nor its surroundings change.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Fact]
    public Task F5_ATextFileIsRefusedAndUntouched()
    {
        File.WriteAllText(_location.Path, string.Join('\n', Enumerable.Repeat("not a store at all", 1000)));
        return ExpectRefusedAsync("*not a SQLite file*");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(50_000)]
    public Task F5_GarbageOfAnyLengthIsRefusedAndUntouched(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        File.WriteAllBytes(_location.Path, bytes);
        return ExpectRefusedAsync("*not a SQLite file*");
    }

    [Fact]
    public Task F5_AnEmptyFileIsRefusedAndUntouched()
    {
        File.WriteAllBytes(_location.Path, []);
        return ExpectRefusedAsync("*is empty*");
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public Task F5_AnotherApplicationsDatabaseIsRefusedAndUntouched(string journal)
    {
        RunSql($"PRAGMA journal_mode = {journal}; CREATE TABLE entry (key BLOB); INSERT INTO entry VALUES (x'01'); PRAGMA application_id = 42;");
        return ExpectRefusedAsync("*another application (id 42)*");
    }

    [Theory]
    [InlineData(4, "newer version")]
    [InlineData(int.MaxValue, "newer version")]
    [InlineData(2, "the version that made it")]
    [InlineData(1, "the version that made it")]
    [InlineData(0, "the version that made it")]
    public async Task F5_AnotherFormatIsRefusedAndUntouched(int version, string advice)
    {
        await MakeStoreAsync();
        RunSql($"PRAGMA user_version = {version}");
        await ExpectRefusedAsync($"*format {version}*understands format 3 only*{advice}*");
    }

    [Theory]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(5_000)]
    [InlineData(16_384)]
    [InlineData(40_000)]
    public async Task F5_AStoreCutOffIsRefusedAndUntouched(int length)
    {
        await MakeStoreAsync();
        await using (var file = File.Open(_location.Path, FileMode.Open))
        {
            file.Length.Should().BeGreaterThan(length);
            file.SetLength(length);
        }

        await ExpectRefusedAsync("*");
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-journal")]
    public async Task F5_ALogWithoutItsFileIsRefusedAndUntouched(string suffix)
    {
        File.WriteAllText(_location.Path + suffix, "what is left of a store");
        await ExpectRefusedAsync("*file is missing*");
        File.Exists(_location.Path).Should().BeFalse();
    }

    [Fact]
    public Task F5_ADirectoryIsRefusedAndUntouched()
    {
        Directory.CreateDirectory(_location.Path);
        return ExpectRefusedAsync("*is a directory*");
    }

    [Fact]
    public async Task F5_ARefusedFileCanBeReplacedByAStore()
    {
        File.WriteAllBytes(_location.Path, [1, 2, 3]);
        await using var tier = _location.CreateTier();
        await tier.Awaiting(t => t.OpenAsync(default).AsTask()).Should().ThrowAsync<StoreFormatException>();
        File.Delete(_location.Path);
        (await tier.OpenAsync(default)).DurableSequence.Should().Be(0);
    }

    [Fact]
    public async Task D3_WhatACrashDuringCreationLeftIsReplaced()
    {
        File.WriteAllText(_location.Path + ".mvstore-new", "half a store");
        File.WriteAllText(_location.Path + ".mvstore-new-journal", "and its journal");
        await using (await _location.OpenAsync())
        {
            _location.Files().Should().NotContain(name => name!.Contains("mvstore-new"));
        }

        await using var again = await _location.OpenAsync();
    }

    private async Task MakeStoreAsync()
    {
        await using var tier = await _location.OpenAsync();
        await tier.ApplyAsync(new TierBatch(0, 1, 1, [new TierRow(Rows.Key("a"), 1, 1, new byte[100_000])]), default);
    }

    private void RunSql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_location.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private async Task ExpectRefusedAsync(string message)
    {
        var files = _location.Files().Append("store.db.lock").Distinct().Order(StringComparer.Ordinal);
        var before = Content();
        await using (var tier = _location.CreateTier())
        {
            await tier.Awaiting(t => t.OpenAsync(default).AsTask()).Should().ThrowAsync<StoreFormatException>().WithMessage(message);
            Content().Should().Equal(before);
        }

        Content().Should().Equal(before);
        _location.Files().Should().Equal(files, "nothing is left beside the file but the lock's");
    }

    private byte[] Content() => File.Exists(_location.Path) ? File.ReadAllBytes(_location.Path) : [];
}
