using MvStore.Buffering;

namespace MvStore.Tests.Buffering;

/// <summary>A record with nothing but its key.</summary>
internal sealed class KeyOnlyRecord(byte[] key) : IKeyed
{
    public byte[] Key { get; } = key;
}
