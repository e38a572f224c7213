namespace MvStore.Remote;

/// <summary>The server's answer.</summary>
/// <param name="Status">What became of the request.</param>
/// <param name="Rows">The rows of each range.</param>
/// <param name="Epoch">The epoch of the owner.</param>
/// <param name="Identity">What tells the server's data from any other's.</param>
internal sealed record RemoteReply(RemoteStatus Status, IReadOnlyList<IReadOnlyList<RemoteRow>> Rows, ulong Epoch, ulong Identity);
