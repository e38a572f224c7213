using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Remembers, in the persistent tier, that deleted keys may have gone from this store: from then on a key of which nothing is found may have had older versions
/// (I24). Belongs to the run of reclamation.
/// </summary>
/// <param name="notes">The notes of the tier; null without one.</param>
internal sealed class ForgettingNote(TierNotes? notes)
{
    private const string Name = "deleted-keys-go";

    private static readonly byte[] Content = [1];

    /// <summary>Whether it was so when the store was opened, or is since.</summary>
    public bool IsSet { get; private set; } = notes is not null && !notes.AtOpening(Name).IsEmpty;

    /// <summary>Remembers it, once. To be done before the first deleted key goes.</summary>
    public async ValueTask SetAsync(CancellationToken cancellationToken)
    {
        if (notes is not null && !IsSet)
        {
            await notes.SetAsync(Name, Content, cancellationToken).ConfigureAwait(false);
        }

        IsSet = true;
    }
}
