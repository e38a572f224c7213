namespace MvStore.Buffering;

/// <summary>Checks a tree against the rules of <see cref="OrderedIndex{TRecord}"/>.</summary>
internal sealed class IndexInvariants<TRecord>
    where TRecord : class, IKeyed
{
    private readonly int _minWeight;
    private readonly int _maxWeight;
    private int _leafDepth = -1;
    private int _records;

    private IndexInvariants(int minWeight, int maxWeight)
    {
        _minWeight = minWeight;
        _maxWeight = maxWeight;
    }

    /// <summary>Throws <see cref="InvalidOperationException"/> when a rule is broken.</summary>
    public static void Check(IndexNode root, int count, int minWeight, int maxWeight)
    {
        var check = new IndexInvariants<TRecord>(minWeight, maxWeight);
        check.Visit(root, depth: 0, low: null, high: null);
        Require(check._records == count, $"{check._records} records are in the tree, {count} are counted");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"The ordered index is broken: {message}.");
        }
    }

    /// <summary>Checks a subtree whose keys must be at or above <paramref name="low"/> and below <paramref name="high"/>.</summary>
    private void Visit(IndexNode node, int depth, byte[]? low, byte[]? high)
    {
        var minimum = depth > 0 ? _minWeight : node is InnerNode ? 2 : 0;
        Require(node.Weight >= minimum && node.Weight <= _maxWeight, $"a node at depth {depth} weighs {node.Weight}");
        VisitKeys(node, depth, low, high);
        if (node is InnerNode inner)
        {
            Require(inner.KeyCount == inner.Weight - 1, $"{inner.Weight} children have {inner.KeyCount} separators");
            for (var i = 0; i < inner.Weight; i++)
            {
                Visit(inner[i], depth + 1, i == 0 ? low : inner.KeyAt(i - 1), i == inner.KeyCount ? high : inner.KeyAt(i));
            }

            return;
        }

        _leafDepth = _leafDepth < 0 ? depth : _leafDepth;
        Require(depth == _leafDepth, $"leaves stand at depths {_leafDepth} and {depth}");
        Require(node.KeyCount == node.Weight, $"{node.Weight} records have {node.KeyCount} heads");
        _records += node.Weight;
    }

    private static void VisitKeys(IndexNode node, int depth, byte[]? low, byte[]? high)
    {
        var previous = low;
        for (var i = 0; i < node.KeyCount; i++)
        {
            var key = node.KeyAt(i);
            Require(node.HasRightHead(i), $"key {i} at depth {depth} has a wrong head");

            // A separator is above the lower fence, for a record was between them; a record may equal it.
            var order = previous is null ? 1 : key.AsSpan().SequenceCompareTo(previous);
            Require(order > 0 || (order == 0 && i == 0 && node is not InnerNode), $"key {i} at depth {depth} is out of order");
            Require(high is null || key.AsSpan().SequenceCompareTo(high) < 0, $"key {i} at depth {depth} is not below its fence");
            previous = key;
        }
    }
}
