namespace MvStore.Flushing;

/// <summary>The lowest version in a queue, in constant time: the monotonic-deque method. Not safe for concurrent use.</summary>
internal sealed class SlidingMinimum
{
    private readonly LinkedList<ulong> _ascending = new();

    /// <summary>The lowest version in the queue, or null when it is empty.</summary>
    public CommitVersion? Minimum => _ascending.First is { } first ? first.Value : null;

    /// <summary>A version joins at the back.</summary>
    public void Enqueue(CommitVersion version)
    {
        while (_ascending.Last is { } last && last.Value > version.Value)
        {
            _ascending.RemoveLast();
        }

        _ascending.AddLast(version.Value);
    }

    /// <summary>A version leaves at the front.</summary>
    public void Dequeue(CommitVersion version)
    {
        if (_ascending.First is { } first && first.Value == version.Value)
        {
            _ascending.RemoveFirst();
        }
    }
}
