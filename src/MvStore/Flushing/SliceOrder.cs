using System.Buffers;
using MvStore.Contracts;

namespace MvStore.Flushing;

/// <summary>
/// The rows of a slice where they lie in the buffer, by key, then by version. They are ordered before they are copied, so that the copies lie in the order in which they are read.
/// Most comparisons are settled by eight bytes behind what all keys have in common, without a look at the keys. Belongs to who copies the slice.
/// </summary>
internal sealed class SliceOrder : IDisposable
{
    // How many rows ahead of the one that is looked at memory is fetched.
    private const int FetchedAhead = 16;

    private readonly BufferedRow[] _rows;
    private readonly ulong[] _heads;
    private readonly int[] _order;

    /// <summary>Orders rows. They stay where they are, because they are published and not durable.</summary>
    /// <param name="commits">Whole commits whose rows were kept.</param>
    /// <param name="count">How many rows they have.</param>
    public SliceOrder(IReadOnlyList<PreparedCommit> commits, int count)
    {
        _rows = ArrayPool<BufferedRow>.Shared.Rent(count);
        _heads = ArrayPool<ulong>.Shared.Rent(count);
        _order = ArrayPool<int>.Shared.Rent(count);
        foreach (var commit in commits)
        {
            var rows = commit.Rows.AsSpan();
            rows.CopyTo(_rows.AsSpan(Count, count - Count));
            Count += rows.Length;
        }

        ComputeHeads();
        HeadSort.Sort(_heads.AsSpan(0, Count), _order.AsSpan(0, Count));
        SortEqualHeads();
    }

    /// <summary>How many rows there are.</summary>
    public int Count { get; }

    /// <summary>A row by its place in the order. To be asked for one after the other: what comes some places behind is fetched meanwhile.</summary>
    public ref readonly BufferedRow this[int index]
    {
        get
        {
            if (index + FetchedAhead < Count)
            {
                _rows[_order[index + FetchedAhead]].Fetch();
            }

            return ref _rows[_order[index]];
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        ArrayPool<BufferedRow>.Shared.Return(_rows);
        ArrayPool<ulong>.Shared.Return(_heads);
        ArrayPool<int>.Shared.Return(_order);
    }

    // What all keys have in common is known only at the end; but it mostly is found in the first few, so that few heads have to be made again.
    private void ComputeHeads()
    {
        var common = Count == 0 ? 0 : _rows[0].Key.Length;
        var shortened = 0;
        for (var i = 0; i < Count; i++)
        {
            if (i + FetchedAhead < Count)
            {
                _rows[i + FetchedAhead].FetchKey();
            }

            var key = _rows[i].Key;
            var shared = _rows[0].Key[..common].CommonPrefixLength(key);
            if (shared < common)
            {
                common = shared;
                shortened = i;
            }

            _heads[i] = KeyHeads.HeadOf(key[common..]);
            _order[i] = i;
        }

        for (var i = 0; i < shortened; i++)
        {
            _heads[i] = KeyHeads.HeadOf(_rows[i].Key[common..]);
        }
    }

    private void SortEqualHeads()
    {
        for (var first = 0; first < Count;)
        {
            var end = first + 1;
            while (end < Count && _heads[end] == _heads[first])
            {
                end++;
            }

            if (end - first > 1)
            {
                _order.AsSpan(first, end - first).Sort(new Order(_rows));
            }

            first = end;
        }
    }

    private readonly struct Order(BufferedRow[] rows) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            ref readonly var left = ref rows[x];
            ref readonly var right = ref rows[y];
            var order = left.Key.SequenceCompareTo(right.Key);
            return order != 0 ? order : left.Version.CompareTo(right.Version);
        }
    }
}
