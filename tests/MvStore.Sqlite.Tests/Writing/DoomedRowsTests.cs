using MvStore.Sqlite.Connections;
using MvStore.Sqlite.Writing;

namespace MvStore.Sqlite.Tests.Writing;

/// <summary>What is to go must be there, as many rows as were collected: a tree that is out of order hides rows from their keys (contract F3).</summary>
public sealed class DoomedRowsTests : IAsyncLifetime
{
    private static readonly byte[] Key = "k"u8.ToArray();

    private readonly SqliteLocation _location = new();
    private Connection _connection = null!;
    private DoomedRows _doomed = null!;

    public async Task InitializeAsync()
    {
        await using (var tier = await _location.OpenAsync())
        {
            await tier.ApplyAsync(new TierBatch(0, 4, 4, [Rows.Set("k", 1, 1, "x"), Rows.Set("k", 2, 2, "x"), Rows.Set("k", 3, 3, "x"), Rows.Gone("k", 4, 4)]), default);
        }

        _connection = Connection.Open(_location.Path, TimeSpan.Zero);
        _doomed = new DoomedRows(_connection);
    }

    public async Task DisposeAsync()
    {
        _doomed.Dispose();
        _connection.Dispose();
        await _location.DisposeAsync();
    }

    [Fact]
    public void E4_WhatIsThereGoes()
    {
        _doomed.Begin(Key, isNext: true, isWhole: true);
        _doomed.AddNewest(Key, 4, bytes: 1);
        _doomed.Add(Key, 3, bytes: 2, isNeighbour: false);
        _doomed.Add(Key, 2, bytes: 2, isNeighbour: true);
        _doomed.Add(Key, 1, bytes: 2, isNeighbour: true);
        _doomed.Delete();
        (_doomed.Count, _doomed.Bytes).Should().Be((4, 7));
        _connection.Query("SELECT count(*) FROM entry").Should().Be("0");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void F3_ARunWithoutOneOfItsRowsIsDamage(bool isWhole)
    {
        _connection.Execute("DELETE FROM history WHERE version = 2");
        _doomed.Begin(Key, isNext: true, isWhole);
        _doomed.Add(Key, 3, bytes: 2, isNeighbour: false);
        _doomed.Add(Key, 2, bytes: 2, isNeighbour: true);
        _doomed.Add(Key, 1, bytes: 2, isNeighbour: true);
        RequireDamage(_doomed.Delete);
    }

    [Theory]
    [InlineData("DELETE FROM current")]
    [InlineData("UPDATE current SET version = 5")]
    [InlineData("UPDATE current SET value = x''")]
    public void F3_ADeletionThatIsNotThereIsDamage(string change)
    {
        _connection.Execute(change);
        _doomed.AddNewest(Key, 4, bytes: 1);
        RequireDamage(_doomed.Delete);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(3, false)]
    public void F3_ARowThatIsLookedAtAgainMustBeThereAndIntact(long version, bool isNewest)
    {
        _doomed.RequireIntact(Key, version, isNewest);
        RequireDamage(() => _doomed.RequireIntact(Key, version, !isNewest));
        RequireDamage(() => _doomed.RequireIntact(Key, version + 5, isNewest));
        _connection.Execute("UPDATE current SET checksum = checksum + 1");
        _connection.Execute("UPDATE history SET checksum = checksum + 1");
        RequireDamage(() => _doomed.RequireIntact(Key, version, isNewest));
    }

    private static void RequireDamage(Action action)
        => action.Should().Throw<PersistentTierException>().Which.Should().Match<PersistentTierException>(e => e.Failure == TierFailure.Damaged && e.Key.HasValue);
}
