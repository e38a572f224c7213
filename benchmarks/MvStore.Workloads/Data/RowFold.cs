using System.Runtime.CompilerServices;

namespace MvStore.Workloads.Data;

/// <summary>Takes the rows of a scan one by one and remembers whether they were right: order, key against value, count and sums.</summary>
public struct RowFold(long limit, bool isReverse)
{
    private ulong _lastId;

    public long Count { get; private set; }

    /// <summary>Rows out of order, torn, or of another key.</summary>
    public long Wrong { get; private set; }

    public RowSums Sums { get; private set; }

    /// <summary>Takes a row.</summary>
    /// <returns>Whether the scan wants more.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Add(key, ValueDigest.Of(value));

    /// <summary>Takes a row whose value is gone already.</summary>
    /// <returns>Whether the scan wants more.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Add(ReadOnlySpan<byte> key, ValueDigest value)
    {
        var id = KeySpace.ReadId(key) ?? 0;
        var isInOrder = Count == 0 || (isReverse ? id < _lastId : id > _lastId);
        if (!isInOrder || !value.IsOf(id))
        {
            Wrong++;
        }

        _lastId = id;
        Sums = Sums.With(value);
        return ++Count < limit;
    }
}
