using MvStore.Contracts;

namespace MvStore;

/// <summary>Ends what is past its limit, of several kinds, one after the other.</summary>
internal sealed class LeaseExpiries(params IReadOnlyList<ILeaseExpiry> expiries) : ILeaseExpiry
{
    /// <inheritdoc/>
    public async ValueTask EndExpiredAsync(CancellationToken cancellationToken)
    {
        foreach (var expiry in expiries)
        {
            await expiry.EndExpiredAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
