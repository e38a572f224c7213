using System.Collections;

namespace MvStore;

/// <summary>
/// Keys with a floor of their own, ordered bytewise. Immutable: a change copies the path to what changes and shares the rest, so that one more
/// floor costs the logarithm of how many there are. Safe from any thread.
/// </summary>
/// <remarks>
/// A balanced (AVL) tree. Each node knows the highest and lowest floor below it and which raise of the floors came last there, so that a
/// range, too, is answered in the time it takes to walk down twice.
/// </remarks>
public sealed class KeyFloorSet : IReadOnlyCollection<KeyFloor>
{
    private readonly Node? _root;

    /// <summary>Makes a set of floors.</summary>
    /// <param name="floors">The floors, in any order; of several for a key the highest counts. Keys are not copied.</param>
    /// <exception cref="ArgumentNullException"><paramref name="floors"/> is null.</exception>
    public KeyFloorSet(IEnumerable<KeyFloor> floors)
    {
        ArgumentNullException.ThrowIfNull(floors);
        var sorted = floors.ToArray();
        Array.Sort(sorted, static (x, y) =>
        {
            var order = x.Key.Span.SequenceCompareTo(y.Key.Span);
            return order != 0 ? order : x.Version.CompareTo(y.Version);
        });
        var highest = new List<KeyFloor>(sorted.Length);
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i + 1 == sorted.Length || !sorted[i].Key.Span.SequenceEqual(sorted[i + 1].Key.Span))
            {
                highest.Add(sorted[i]);
            }
        }

        _root = Build(highest, 0, highest.Count);
    }

    private KeyFloorSet(Node? root) => _root = root;

    /// <summary>How many keys have a floor of their own.</summary>
    public int Count => _root?.Count ?? 0;

    /// <summary>The set that holds no key.</summary>
    internal static KeyFloorSet None { get; } = new((Node?)null);

    /// <summary>The highest floor; 0 when there is none.</summary>
    internal CommitVersion Highest => _root?.Highest ?? CommitVersion.Zero;

    /// <summary>How many steps the longest way down takes.</summary>
    internal int Height => _root?.Height ?? 0;

    /// <summary>The floor of one key; 0 when it has none of its own.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The floor.</returns>
    public CommitVersion Of(ReadOnlySpan<byte> key) => Find(key)?.Floor.Version ?? CommitVersion.Zero;

    /// <summary>The floors, ascending by key.</summary>
    /// <returns>An enumerator over them.</returns>
    public IEnumerator<KeyFloor> GetEnumerator() => Walk(static _ => true, static _ => true).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The highest floor among the keys of a range; 0 when none has one.</summary>
    internal CommitVersion HighestIn(KeyRange range) => Summarize(range).Highest;

    /// <summary>The generation in which the floor of a key was raised last; 0 when it has none, or had it when the store was opened.</summary>
    internal ulong LatestOf(ReadOnlySpan<byte> key) => Find(key)?.Generation ?? 0;

    /// <summary>The generation in which a floor of the range was raised last.</summary>
    internal ulong LatestIn(KeyRange range) => Summarize(range).Latest;

    /// <summary>The set with one floor more, or higher.</summary>
    /// <param name="floor">The floor.</param>
    /// <param name="generation">The raise that this belongs to.</param>
    /// <returns>This set when the key's floor is as high already.</returns>
    internal KeyFloorSet With(KeyFloor floor, ulong generation)
    {
        var root = With(_root, floor, generation);
        return ReferenceEquals(root, _root) ? this : new KeyFloorSet(root);
    }

    /// <summary>The set without a key.</summary>
    /// <returns>This set when it does not hold the key.</returns>
    internal KeyFloorSet Without(ReadOnlySpan<byte> key)
    {
        var root = Without(_root, key);
        return ReferenceEquals(root, _root) ? this : new KeyFloorSet(root);
    }

    /// <summary>The floors at or below a version, ascending by key. Parts of the set that hold none are passed over.</summary>
    internal IEnumerable<KeyFloor> AtOrBelow(CommitVersion version) => Walk(n => n.Lowest <= version, n => n.Floor.Version <= version);

    /// <summary>The floors that were raised after a generation, ascending by key; all of them for null.</summary>
    internal IEnumerable<KeyFloor> RaisedAfter(ulong? generation)
        => generation is { } last ? Walk(n => n.Latest > last, n => n.Generation > last) : this;

    private static Node? Build(List<KeyFloor> sorted, int from, int to)
    {
        if (from == to)
        {
            return null;
        }

        var middle = from + ((to - from) >> 1);
        return new Node(sorted[middle], 0, Build(sorted, from, middle), Build(sorted, middle + 1, to));
    }

    private static Node With(Node? node, KeyFloor floor, ulong generation)
    {
        if (node is null)
        {
            return new Node(floor, generation, null, null);
        }

        var order = floor.Key.Span.SequenceCompareTo(node.Floor.Key.Span);
        if (order == 0)
        {
            return floor.Version > node.Floor.Version ? new Node(floor, generation, node.Left, node.Right) : node;
        }

        return order < 0
            ? node.Balanced(With(node.Left, floor, generation), node.Right)
            : node.Balanced(node.Left, With(node.Right, floor, generation));
    }

    private static Node? Without(Node? node, ReadOnlySpan<byte> key)
    {
        if (node is null)
        {
            return null;
        }

        var order = key.SequenceCompareTo(node.Floor.Key.Span);
        if (order != 0)
        {
            return order < 0
                ? node.Balanced(Without(node.Left, key), node.Right)
                : node.Balanced(node.Left, Without(node.Right, key));
        }

        if (node.Left is null || node.Right is null)
        {
            return node.Left ?? node.Right;
        }

        var next = node.Right;
        while (next.Left is not null)
        {
            next = next.Left;
        }

        return next.Balanced(node.Left, Without(node.Right, next.Floor.Key.Span));
    }

    private Node? Find(ReadOnlySpan<byte> key)
    {
        var node = _root;
        while (node is not null)
        {
            var order = key.SequenceCompareTo(node.Floor.Key.Span);
            if (order == 0)
            {
                return node;
            }

            node = order < 0 ? node.Left : node.Right;
        }

        return null;
    }

    // Down to the first key inside the range; left of it every subtree beyond the lower bound counts whole, right of it every one before the upper.
    private Summary Summarize(KeyRange range)
    {
        var node = _root;
        while (node is not null && (range.IsBelowStart(node.Floor.Key.Span) || range.IsAboveEnd(node.Floor.Key.Span)))
        {
            node = range.IsBelowStart(node.Floor.Key.Span) ? node.Right : node.Left;
        }

        if (node is null)
        {
            return default;
        }

        var summary = node.Own;
        for (var left = node.Left; left is not null;)
        {
            if (range.IsBelowStart(left.Floor.Key.Span))
            {
                left = left.Right;
            }
            else
            {
                summary = summary.And(left.Own).And(Node.SummaryOf(left.Right));
                left = left.Left;
            }
        }

        for (var right = node.Right; right is not null;)
        {
            if (range.IsAboveEnd(right.Floor.Key.Span))
            {
                right = right.Left;
            }
            else
            {
                summary = summary.And(right.Own).And(Node.SummaryOf(right.Left));
                right = right.Right;
            }
        }

        return summary;
    }

    private IEnumerable<KeyFloor> Walk(Func<Node, bool> enters, Func<Node, bool> takes)
    {
        var ancestors = new Stack<Node>();
        var node = _root;
        while (node is not null || ancestors.Count > 0)
        {
            while (node is not null && enters(node))
            {
                ancestors.Push(node);
                node = node.Left;
            }

            if (!ancestors.TryPop(out var current))
            {
                yield break;
            }

            if (takes(current))
            {
                yield return current.Floor;
            }

            node = current.Right;
        }
    }

    /// <summary>What is known of the floors of some keys together.</summary>
    private readonly record struct Summary(CommitVersion Highest, ulong Latest)
    {
        public Summary And(Summary other)
            => new(other.Highest > Highest ? other.Highest : Highest, Math.Max(Latest, other.Latest));
    }

    private sealed class Node
    {
        public Node(KeyFloor floor, ulong generation, Node? left, Node? right)
        {
            Floor = floor;
            Generation = generation;
            Left = left;
            Right = right;
            Count = 1 + (left?.Count ?? 0) + (right?.Count ?? 0);
            Height = 1 + Math.Max(HeightOf(left), HeightOf(right));
            var whole = Own.And(SummaryOf(left)).And(SummaryOf(right));
            Highest = whole.Highest;
            Latest = whole.Latest;
            Lowest = Lower(Lower(floor.Version, left), right);
        }

        public KeyFloor Floor { get; }

        public ulong Generation { get; }

        public Node? Left { get; }

        public Node? Right { get; }

        public int Count { get; }

        public CommitVersion Highest { get; }

        public CommitVersion Lowest { get; }

        public ulong Latest { get; }

        public Summary Own => new(Floor.Version, Generation);

        public int Height { get; }

        public static Summary SummaryOf(Node? node) => node is null ? default : new Summary(node.Highest, node.Latest);

        /// <summary>This node over other children, whose heights differ by two at most.</summary>
        public Node Balanced(Node? left, Node? right)
        {
            if (ReferenceEquals(left, Left) && ReferenceEquals(right, Right))
            {
                return this;
            }

            if (HeightOf(left) > HeightOf(right) + 1)
            {
                return HeightOf(left!.Left) >= HeightOf(left.Right)
                    ? left.Over(left.Left, Over(left.Right, right))
                    : left.Right!.Over(left.Over(left.Left, left.Right.Left), Over(left.Right.Right, right));
            }

            if (HeightOf(right) > HeightOf(left) + 1)
            {
                return HeightOf(right!.Right) >= HeightOf(right.Left)
                    ? right.Over(Over(left, right.Left), right.Right)
                    : right.Left!.Over(Over(left, right.Left.Left), right.Over(right.Left.Right, right.Right));
            }

            return Over(left, right);
        }

        private static int HeightOf(Node? node) => node?.Height ?? 0;

        private static CommitVersion Lower(CommitVersion version, Node? node)
            => node is not null && node.Lowest < version ? node.Lowest : version;

        private Node Over(Node? left, Node? right) => new(Floor, Generation, left, right);
    }
}
