namespace MvStore.Remote;

/// <summary>Rows to read, upwards.</summary>
/// <param name="From">The lowest key.</param>
/// <param name="To">The first key that is not meant.</param>
/// <param name="Limit">The most rows.</param>
internal sealed record RemoteRange(byte[] From, byte[] To, int Limit);
