namespace MvStore.Sqlite.Tests.Writing;

/// <summary>Floors that could not be stored are stored when the call is repeated, as the engine does after a failure that passes (contract E8).</summary>
public sealed class RepeatedFloorTests : IAsyncLifetime
{
    private static readonly FloorSet Floors = new(5, [KeyValuePair.Create(EntryKind.Source(1), new CommitVersion(7))]);

    private readonly SqliteLocation _location = new();
    private SqliteTier _tier = null!;

    public async Task InitializeAsync() => _tier = await _location.OpenAsync();

    public async Task DisposeAsync()
    {
        await _tier.DisposeAsync();
        await _location.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E8_FloorsOfATransactionThatFailedAtItsEndAreStoredByTheNextOne(bool withSlice)
    {
        // What the file says of itself is written last, behind the floors.
        PlainSqlite.Run(_location.Path, "CREATE TRIGGER planned BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'planned'); END");
        await this.Awaiting(t => t.RaiseAsync(withSlice)).Should().ThrowAsync<PersistentTierException>();
        PlainSqlite.Run(_location.Path, "DROP TRIGGER planned");
        await RaiseAsync(withSlice);

        await _tier.DisposeAsync();
        _tier = _location.CreateTier(_ => { });
        var floors = (await _tier.OpenAsync(0, default)).Floors;
        floors.Default.Should().Be(new CommitVersion(5));
        floors.Of(EntryKind.Source(1)).Should().Be(new CommitVersion(7));
    }

    private async Task RaiseAsync(bool withSlice)
    {
        if (withSlice)
        {
            await _tier.ApplyAsync(new TierBatch(0, 1, 9, [Rows.Set("a", 9, 1, "x")]) { Floors = Floors }, default);
        }
        else
        {
            await _tier.RaiseFloorAsync(Floors, [], default);
        }
    }
}
