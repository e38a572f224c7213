using MvStore.Contracts;

namespace MvStore;

/// <summary>All that makes reads faster, as one.</summary>
internal sealed class ReadMemory(params IReadMemory[] parts) : IReadMemory
{
    /// <inheritdoc/>
    public long HeldBytes
    {
        get
        {
            var bytes = 0L;
            foreach (var part in parts)
            {
                bytes += part.HeldBytes;
            }

            return bytes;
        }
    }
}
