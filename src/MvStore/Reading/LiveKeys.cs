using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>Reads the newest entries of keys over both tiers, each call under a pin of its own, so that no reclamation beside it can mislead it. Any thread.</summary>
internal sealed class LiveKeys(
    RangeReader ranges,
    TieredReader tiers,
    PinOpener opener,
    IPinRegistry pins,
    IFloorSource floors,
    IKeyClassifier classifier,
    PersistenceOptions options) : ILiveKeys
{
    // Values are copied on the way, so not too many at a time.
    private const int MostKeysAtOnce = 256;

    private readonly int _keysAtOnce = Math.Min(options.ReadPageRows, MostKeysAtOnce);

    /// <inheritdoc/>
    public async ValueTask<TierPage> ReadAsync(KeyRange range, TierPosition? after, CancellationToken cancellationToken)
    {
        var pin = Open();
        try
        {
            var request = new ScanRequest(range, ReadScope.Latest, ScanDirection.Forward);
            var portion = await ranges.ReadAsync(request, after, pin.View, _keysAtOnce, options.MaxExaminedPerRead, cancellationToken).ConfigureAwait(false);
            return new TierPage(portion.Rows, portion.Next, portion.Examined);
        }
        finally
        {
            pins.Remove(pin);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<TierRow?[]> FindAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, ulong upTo, CancellationToken cancellationToken)
    {
        var pin = Open();
        try
        {
            var view = pin.View with { Sequence = Math.Min(pin.View.Sequence, upTo) };
            return await tiers.FindManyAsync(keys, view, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            pins.Remove(pin);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> HasLivedSinceAsync(ReadOnlyMemory<byte> key, ulong sequence, FloorSet? foreseen, CancellationToken cancellationToken)
    {
        var pin = Open();
        try
        {
            // Above the floor every entry stays, and the newest at or below it; what is older may have holes. While the floors are the same object, no two reads
            // saw the tiers before and after a deletion went (I22).
            var floor = (foreseen ?? pin.Floors.Set).Of(key.Span, classifier);
            var view = pin.View;
            while (await tiers.FindAsync(key.Span, view, cancellationToken).ConfigureAwait(false) is { IsTombstone: false } entry)
            {
                if (entry.Sequence <= sequence)
                {
                    return ReferenceEquals(floors.Current, pin.Floors);
                }

                if (entry.Version <= floor || entry.Version == CommitVersion.Min)
                {
                    return false;
                }

                view = view with { At = entry.Version.Value - 1 };
            }

            return false;
        }
        finally
        {
            pins.Remove(pin);
        }
    }

    private OpenPin Open() => opener.Open(CommitVersion.Latest, owner: null, static set => set.Lowest);
}
