using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
using MvStore.Reliability.Tiers;

namespace MvStore.Reliability.PowerLoss;

/// <summary>Opens directories as power cuts leave them, and compares. Used by one thread at a time.</summary>
internal sealed class ImageChecker(ScriptRun run, ScriptSettings settings) : IDisposable
{
    private readonly string _directory = Folder.Create();
    private readonly HashSet<TierContent> _checked = new(ReferenceEqualityComparer.Instance);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Checks one image.</summary>
    /// <param name="image">The directory.</param>
    /// <param name="position">Where the power was cut.</param>
    /// <param name="withStore">Whether to ask a whole store, not only the tier and the commit log.</param>
    public async Task CheckAsync(IReadOnlyList<KeyValuePair<string, byte[]>> image, int position, bool withStore)
    {
        if (run.Log.IsOpenedAt(position) && !image.Any(file => file.Key == "store.db"))
        {
            throw new LossException("A store was opened, and is not there.");
        }

        Folder.Fill(_directory, image);
        var folder = new LogFolder(image);
        var seen = new Witness(() => 0, run.Witness.PossibleAt(position));
        await using var tier = new WitnessTier(settings.Tier(_directory), seen);
        ulong published;
        TierContent found;
        if (withStore)
        {
            await using var store = await settings.Builder(tier, new RecordedLogDirectory(folder, disk: null)).OpenAsync();
            published = store.GetStatistics().PublishedSequence;
            found = seen.Current;
            var log = run.Log.AfterCutAt(position);
            log.CutTo(published);
            await ContractCheck.StoreAsync(store, log, found);
        }
        else
        {
            var state = await tier.OpenAsync(0, CancellationToken.None);
            found = seen.Current;
            published = settings.HasLog ? LogCheck.Recovered(new RecordedLogDirectory(folder, disk: null), state, run.Log) : found.Sequence;
        }

        ContractCheck.Acknowledged(found, run.Log, position, published);
        if (_checked.Add(found))
        {
            ContractCheck.Tier(found, run.Log);
        }
    }
}
