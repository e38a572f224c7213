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
            meter => file.UseAsync(() => new ValueTask<VerificationReport>(SqliteStoreFile.VerifyAsync(
                file.Path,
                new MeterProgress<VerificationProgress>(
                    meter, p => (long)(size * Math.Min(1, p.Rows / (double)Math.Max(1, p.TotalEntries)))),
                cancellationToken))).AsTask());
    }

    /// <summary>Copies a store, what is in its commit log included, to a file that does not exist.</summary>
    /// <exception cref="MvStoreException">It cannot be opened, or the other file not be made.</exception>
    public async Task<BackupReport> BackUpAsync(StoreFile from, StoreFile to, ToolHost host, CancellationToken cancellationToken)
    {
        var tier = new SqliteTier(new SqliteTierOptions(from.Path));
        await using var store = await from.OpenAsync(tier, host, cancellationToken);
        await store.FlushAsync(cancellationToken);
        return await CopyAsync(tier, from, to, cancellationToken);
    }

    /// <summary>Copies a backup to a file that does not exist. The backup stays as it is.</summary>
    /// <exception cref="ToolException">It is no backup, but a store that was not closed.</exception>
    /// <exception cref="MvStoreException">It cannot be opened, or the other file not be made.</exception>
    public async Task<BackupReport> RestoreAsync(StoreFile from, StoreFile to, CancellationToken cancellationToken)
    {
        await using var tier = new SqliteTier(new SqliteTierOptions(from.Path));
        var state = await from.UseAsync(() => tier.OpenAsync(cancellationToken));
        return CommitLogInspection.IsNeeded(state)
            ? throw new ToolException(
                ExitCode.Store,
                $"'{from.Path}' is not a backup but a store that was not closed: it needs its commit log '{from.LogDirectory}'. Back it up with 'mvstore backup'.")
            : await CopyAsync(tier, from, to, cancellationToken);
    }

    private async Task<BackupReport> CopyAsync(SqliteTier tier, StoreFile from, StoreFile to, CancellationToken cancellationToken)
        => await progress.RunAsync(
            new ProgressPlan("Copying", "MiB", 0, from.MeasureBytes() / Megabyte),
            meter => tier.BackUpAsync(
                to.Path, new MeterProgress<BackupProgress>(meter, static p => p.CopiedBytes / Megabyte), cancellationToken));
}
