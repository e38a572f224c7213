using MvStore.Sqlite.Files;

namespace MvStore.Sqlite.Tests.Files;

public sealed class OwnershipTests : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Fact]
    public async Task F4_ASecondProcessIsRefusedAtOnce()
    {
        await using var tier = await _location.OpenAsync();
        using var other = SecondProcess.Start(_location.Path);
        (await other.OutcomeAsync()).Should().Be(nameof(StoreInUseException));
    }

    [Fact]
    public async Task F4_AKilledOwnerLeavesNoLockAndAllThatWasDurable()
    {
        using var other = SecondProcess.Start(_location.Path);
        (await other.OutcomeAsync()).Should().Be(SecondProcess.Ready);
        await using var refused = _location.CreateTier();
        await refused.Awaiting(t => t.OpenAsync(default).AsTask()).Should().ThrowAsync<StoreInUseException>();

        await other.KillAsync();
        _location.Files().Should().Contain("store.db.lock").And.Contain("store.db-wal");
        await using var tier = _location.CreateTier();
        (await tier.OpenAsync(default)).DurableSequence.Should().Be(1);
        (await tier.GetAsync(Rows.Keys("child"), Rows.Everything, default)).Should().ContainSingle();
    }

    [Fact]
    public async Task F4_AnotherNameOfTheFileMeetsTheSameLock()
    {
        await using (await _location.OpenAsync())
        {
            var alias = _location.Path + ".alias";
            File.CreateSymbolicLink(alias, _location.Path);
            await using var second = new SqliteTier(new SqliteTierOptions(alias));
            await second.Awaiting(t => t.OpenAsync(default).AsTask()).Should().ThrowAsync<StoreInUseException>();
        }
    }

    [Fact]
    public void F4_TheLockIsFreeOnceItsOwnerLetGo()
    {
        var first = OwnerLock.Acquire(_location.Path);
        FluentActions.Invoking(() => OwnerLock.Acquire(_location.Path)).Should().Throw<StoreInUseException>().WithMessage($"*{_location.Path}*");
        first.Dispose();
        OwnerLock.Acquire(_location.Path).Dispose();
    }

    [Fact]
    public async Task F4_AMissingDirectoryIsNotTakenForAnotherOwner()
    {
        await using var tier = new SqliteTier(new SqliteTierOptions(Path.Combine(_location.Path, "missing", "store.db")));
        (await tier.Awaiting(t => t.OpenAsync(default).AsTask()).Should().ThrowAsync<PersistentTierException>())
            .Which.Failure.Should().Be(TierFailure.Fatal);
    }
}
