namespace MvStore.Remote;

/// <summary>What the server keeps: bytes under bytes.</summary>
internal sealed record RemoteRow(byte[] Key, byte[] Value);
