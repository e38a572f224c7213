using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>What the system says when it has not brought something to disk is told, not passed over (contract D4).</summary>
public sealed class DataSyncTests
{
    [Fact]
    public void D4_ASyncThatTheSystemRefusesIsAFailure()
    {
        if (!OperatingSystem.IsLinux())
        {
            // Elsewhere there is nothing at hand that can be opened and not be synced.
            return;
        }

        FluentActions.Invoking(() => DataSync.Directory("/proc")).Should().Throw<IOException>();
        using var file = File.OpenHandle("/proc/self/status");
        FluentActions.Invoking(() => DataSync.File(file)).Should().Throw<IOException>();
    }

    [Fact]
    public void D4_ADirectoryThatIsNotThereIsAFailure()
    {
        if (OperatingSystem.IsWindows())
        {
            // There directories are not synced.
            return;
        }

        FluentActions.Invoking(() => DataSync.Directory(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString()))).Should().Throw<IOException>();
    }
}
