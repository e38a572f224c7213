namespace MvStore.Contracts;

/// <summary>
/// The lowest version in a queue, in constant time: the monotonic-deque method. The deque is a ring that grows, because ascending versions all stay in
/// it. Not safe for concurrent use.
/// </summary>
internal sealed class SlidingMinimum
{
    // Ascending from _first on. The length is a power of two.
    private ulong[] _ring = new ulong[16];
    private int _first;
    private int _count;

    /// <summary>The lowest version in the queue, or null when it is empty.</summary>
    public CommitVersion? Minimum => _count == 0 ? null : _ring[_first];

    /// <summary>A version joins at the back.</summary>
    public void Enqueue(CommitVersion version)
    {
        while (_count > 0 && _ring[IndexOf(_count - 1)] > version.Value)
        {
            _count--;
        }

        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[IndexOf(_count++)] = version.Value;
    }

    /// <summary>A version leaves at the front.</summary>
    public void Dequeue(CommitVersion version)
    {
        if (_count > 0 && _ring[_first] == version.Value)
        {
            _first = IndexOf(1);
            _count--;
        }
    }

    private int IndexOf(int position) => (_first + position) & (_ring.Length - 1);

    private void Grow()
    {
        var grown = new ulong[checked(_ring.Length * 2)];
        for (var i = 0; i < _count; i++)
        {
            grown[i] = _ring[IndexOf(i)];
        }

        _ring = grown;
        _first = 0;
    }
}
