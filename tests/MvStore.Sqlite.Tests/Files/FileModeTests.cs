using Xunit.Abstractions;

namespace MvStore.Sqlite.Tests.Files;

public sealed class FileModeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Fact]
    public async Task F8_StoreFilesAreReadableAndWritableByTheirOwnerOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            output.WriteLine("Skipped: there are no file modes on Windows.");
            return;
        }

        await using var tier = await _location.OpenAsync();
        await tier.ApplyAsync(new TierBatch(0, 1, 1, [Rows.Set("a", 1, 1, "x")]), default);
        await tier.GetAsync(Rows.Keys("a"), Rows.Everything, default);
        foreach (var suffix in (string[])["", "-wal", "-shm", ".lock"])
        {
            File.GetUnixFileMode(_location.Path + suffix).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, "of {0}", suffix);
        }
    }

    [Fact]
    public async Task D4_ADirectoryThatCannotBeWrittenIsAFatalError()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            output.WriteLine("Skipped: this user may write everywhere.");
            return;
        }

        var directory = Path.GetDirectoryName(_location.Path)!;
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            await using var tier = _location.CreateTier();
            (await tier.Awaiting(t => t.OpenAsync(default).AsTask()).Should().ThrowAsync<PersistentTierException>())
                .Which.Failure.Should().Be(TierFailure.Fatal);
        }
        finally
        {
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
