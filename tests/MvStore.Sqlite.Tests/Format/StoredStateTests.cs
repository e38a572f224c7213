using System.Globalization;
using MvStore.Sqlite.Format;

namespace MvStore.Sqlite.Tests.Format;

/// <summary>What the tier remembers besides entries, where the file holds what no version of this code wrote, or is to hold what its format cannot say.</summary>
public sealed class StoredStateTests : IAsyncLifetime
{
    private const string Foreign = "foreign";

    private readonly SqliteLocation _location = new();

    public async Task InitializeAsync() => await (await _location.OpenAsync()).DisposeAsync();

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Fact]
    public async Task F5_AFamilyThatTheFormatHasNoNameForIsRefusedAndNothingIsStored()
    {
        await using (var tier = await _location.OpenAsync())
        {
            var floors = new FloorSet(2, [new(new EntryKind((EntryFamily)9, 1), 3)]);
            (await FailureOfAsync(() => tier.RaiseFloorAsync(floors, [], default).AsTask())).Should().Be(TierFailure.Fatal);
            (await FailureOfAsync(() => tier.ApplyAsync(new TierBatch(0, 1, 1, [Rows.Set("a", 1, 1, "x")]) { Floors = floors }, default).AsTask())).Should().Be(TierFailure.Fatal);
            (await tier.GetAsync(Rows.Keys("a"), Rows.Everything, default)).Should().BeEmpty();
        }

        await using var again = _location.CreateTier();
        (await again.OpenAsync(default)).Floors.Default.Should().Be(CommitVersion.Zero);
    }

    [Fact]
    public async Task F3_AFamilyThatNobodyWroteIsDamage()
    {
        var checksum = StateChecksum.OfFloor("foreign"u8, 0, 3);
        PlainSqlite.Run(_location.Path, Text($"PRAGMA ignore_check_constraints = ON; INSERT INTO floor VALUES ('{Foreign}', 0, 3, {checksum})"));
        (await FailureOfAsync(() => _location.OpenAsync())).Should().Be(TierFailure.Damaged);
    }

    [Fact]
    public async Task F3_AFormatInTheTableThatIsNotTheHeadersIsDamage()
    {
        // All else as it is: the mark beside the file would tell of a change that is gone.
        var columns = PlainSqlite.Query(_location.Path, "SELECT store_id || ' ' || changes || ' 0 0 0 ' || epoch FROM meta").Split(' ');
        var checksum = StateChecksum.OfMeta([Schema.FormatVersion + 1, .. columns.Select(c => long.Parse(c, CultureInfo.InvariantCulture))]);
        PlainSqlite.Run(_location.Path, Text($"UPDATE meta SET format_version = {Schema.FormatVersion + 1}, checksum = {checksum}"));
        var opening = () => _location.OpenAsync();
        (await opening.Should().ThrowAsync<PersistentTierException>()).Which.Message.Should().Contain("does not match the file's header");
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData((ulong)long.MaxValue)]
    public void F1_WhatFitsASignedColumnIsStoredAsItIs(ulong number)
    {
        SignedColumn.Stored(number, "version").Should().Be((long)number);
        SignedColumn.Clamped(number).Should().Be((long)number);
    }

    [Theory]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    public void F1_WhatDoesNotFitIsRefusedWhereItIsStoredAndTheHighestWhereItIsABound(ulong number)
    {
        FluentActions.Invoking(() => SignedColumn.Stored(number, "version"))
            .Should().Throw<PersistentTierException>().WithMessage($"The version {number} *").Which.Failure.Should().Be(TierFailure.Fatal);
        SignedColumn.Clamped(number).Should().Be(long.MaxValue);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static async Task<TierFailure> FailureOfAsync(Func<Task> call) => (await call.Should().ThrowAsync<PersistentTierException>()).Which.Failure;
}
