using MvStore.Sqlite;
using MvStore.Tool.Rendering;

namespace MvStore.Tool.Storing;

/// <summary>Verifies and copies store files, with progress in megabytes.</summary>
internal sealed class StoreMaintenance(IProgressView progress)
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>Checks a whole store.</summary>
    /// <exception cref="MvStoreException">It cannot be read, or is no store.</exception>
    public Task<VerificationReport> VerifyAsync(StoreFile file, CancellationToken cancellationToken)
    {
        var size = file.MeasureBytes() / Megabyte;
        return progress.RunAsync(
            new ProgressPlan("Verifying", "MiB", 0, size),
            meter => SqliteStoreFile.VerifyAsync(
                file.Path,
                new MeterProgress<VerificationProgress>(
                    meter, p => (long)(size * Math.Min(1, p.Rows / (double)Math.Max(1, p.TotalEntries)))),
                cancellationToken));
    }

    /// <summary>Copies a store to a file that does not exist.</summary>
    /// <exception cref="MvStoreException">It cannot be opened, or the other file not be made.</exception>
    public async Task<BackupReport> CopyAsync(StoreFile from, StoreFile to, CancellationToken cancellationToken)
    {
        await using var tier = new SqliteTier(new SqliteTierOptions(from.Path));
        await tier.OpenAsync(cancellationToken);
        return await progress.RunAsync(
            new ProgressPlan("Copying", "MiB", 0, from.MeasureBytes() / Megabyte),
            meter => tier.BackUpAsync(
                to.Path, new MeterProgress<BackupProgress>(meter, static p => p.CopiedBytes / Megabyte), cancellationToken));
    }
}
