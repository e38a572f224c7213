namespace MvStore.Sqlite.Tests.Files;

/// <summary>A store whose owner was killed, and whose log was damaged afterwards.</summary>
public sealed class StoreMarkTests : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();

    private string Log => _location.Path + "-wal";

    private string Lock => _location.Path + ".lock";

    public async Task InitializeAsync()
    {
        using var other = SecondProcess.Start(_location.Path);
        (await other.OutcomeAsync()).Should().Be(SecondProcess.Ready);
        await other.KillAsync();
    }

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Fact]
    public async Task F3_AKilledStoreThatLostNothingOpens()
    {
        (await SqliteStoreFile.VerifyAsync(_location.Path)).IsSound.Should().BeTrue();
        new FileInfo(Log).Length.Should().BePositive("verification leaves the log as it is");
        await using var tier = await _location.OpenAsync();
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("cut")]
    [InlineData("empty")]
    [InlineData("flip")]
    public async Task F3_ALostTailOfTheLogIsNotTakenForOneNeverWritten(string damage)
    {
        DamageLog(damage);
        var findings = (await SqliteStoreFile.VerifyAsync(_location.Path)).Findings;
        findings.Should().ContainSingle().Which.Should().Match<VerificationFinding>(
            f => f.Where == "mark" && f.Problem.Contains("lost commits") && f.Problem.Contains("up to publication 1 "));
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await using var refused = _location.CreateTier();
            (await refused.Awaiting(t => t.OpenAsync(default).AsTask()).Should().ThrowAsync<PersistentTierException>().WithMessage("*lost commits*.lock*"))
                .Which.Failure.Should().Be(TierFailure.Damaged);
        }

        File.Delete(Lock);
        await using var tier = _location.CreateTier();
        (await tier.OpenAsync(default)).DurableSequence.Should().Be(0, "who deletes the mark goes on with what is left");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(4_100)]
    public async Task F3_ADamagedMarkNeitherRefusesNorAccuses(int at)
    {
        if (at < 0)
        {
            File.WriteAllBytes(Lock, new byte[10]);
        }
        else
        {
            var bytes = File.ReadAllBytes(Lock);
            bytes[at] ^= 1;
            File.WriteAllBytes(Lock, bytes);
        }

        await using var tier = await _location.OpenAsync();
        await tier.ApplyAsync(new TierBatch(1, 2, 2, [Rows.Set("a", 2, 2, "goes on")]), default);
    }

    [Fact]
    public async Task F3_AMarkOfAnotherStoreOfTheNameSaysNothing()
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(_location.Path + suffix);
        }

        await using var tier = await _location.OpenAsync();
    }

    [Fact]
    public async Task F3_ARaisedFloorThatIsLostIsNoticedToo()
    {
        await using (var tier = await _location.OpenAsync())
        {
        }

        var before = File.ReadAllBytes(_location.Path);
        await using (var tier = await _location.OpenAsync(o => o.SyncMark = true))
        {
            await tier.RaiseFloorAsync(new FloorSet(1, []), [], default);
        }

        File.WriteAllBytes(_location.Path, before);
        await FluentActions.Awaiting(() => _location.OpenAsync()).Should().ThrowAsync<PersistentTierException>();
    }

    private void DamageLog(string damage)
    {
        switch (damage)
        {
            case "delete":
                File.Delete(Log);
                break;

            case "empty":
                File.WriteAllBytes(Log, []);
                break;

            case "cut":
                // The last change of the process wrote the last frames.
                using (var log = File.Open(Log, FileMode.Open))
                {
                    log.SetLength(log.Length - 1);
                }

                break;

            default:
                var bytes = File.ReadAllBytes(Log);
                bytes[^5_000] ^= 1;
                File.WriteAllBytes(Log, bytes);
                break;
        }

        // Its index goes as well, as after a restart of the machine.
        File.Delete(_location.Path + "-shm");
    }
}
