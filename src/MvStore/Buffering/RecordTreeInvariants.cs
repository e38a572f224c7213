namespace MvStore.Buffering;

/// <summary>Checks a <see cref="RecordTree"/> at rest against its rules.</summary>
internal sealed unsafe class RecordTreeInvariants
{
    private readonly RecordTree _tree;
    private long _bytes;
    private NativeRecord* _last;

    private RecordTreeInvariants(RecordTree tree) => _tree = tree;

    /// <summary>Walks the whole tree: order, separators, prefixes, heads, counts, depth, bytes, and that no frozen or locked leaf is reached.</summary>
    /// <exception cref="InvalidOperationException">A rule is broken.</exception>
    public static void Check(RecordTree tree)
    {
        var check = new RecordTreeInvariants(tree);
        check.Visit(tree.Root, RecordInner.LevelOf(tree.Root), low: null, high: null);
        Require(check._bytes == tree.NodeBytes, $"{check._bytes} bytes of nodes are reached, {tree.NodeBytes} are counted");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"The record tree is broken: {message}.");
        }
    }

    private void Visit(nint node, int level, byte[]? low, byte[]? high)
    {
        Require(RecordInner.LevelOf(node) == level, $"a node of level {RecordInner.LevelOf(node)} stands at level {level}");
        if (level == 0)
        {
            VisitLeaf((RecordLeaf*)node, low, high);
            return;
        }

        var inner = (RecordInner*)node;
        _bytes += inner->Size;
        Require(inner->Count >= 2 && inner->Count <= _tree.Capacity, $"an inner node has {inner->Count} children");
        for (var i = 0; i < inner->Count; i++)
        {
            var from = i == 0 ? low : BytesOf(RecordInner.SeparatorAt(inner, i - 1));
            var to = i == inner->Count - 1 ? high : BytesOf(RecordInner.SeparatorAt(inner, i));
            Require(from is null || to is null || from.AsSpan().SequenceCompareTo(to) < 0, "separators do not ascend");
            Require(i == 0 || RecordInner.Route(inner, from) == i, "a separator does not lead to the child behind it");
            Visit(RecordInner.ChildAt(inner, i), level - 1, from, to);
        }
    }

    private void VisitLeaf(RecordLeaf* leaf, byte[]? low, byte[]? high)
    {
        _bytes += RecordLeaf.Size;
        Require(!leaf->IsFrozen && !leaf->IsLocked, "a leaf is frozen or locked");
        Require(leaf->Sorted <= leaf->Count && leaf->Count <= _tree.Capacity, $"a leaf has {leaf->Count} records, {leaf->Sorted} of them in order");
        Require(leaf->Count > 0 || (nint)leaf == _tree.Root, "a leaf is empty");
        for (var i = 0; i < leaf->Count; i++)
        {
            var key = NativeRecord.KeyOf(RecordLeaf.RecordAt(leaf, i));
            Require(RecordLeaf.ComparePrefix(leaf, key) == 0, "a key has not the prefix of its leaf");
            Require(RecordLeaf.HeadsOf(leaf)[i] == KeyHead.Of(key, leaf->PrefixLength), "a head is not that of its key");
            Require(low is null || key.SequenceCompareTo(low) >= 0, "a key is below the range of its leaf");
            Require(high is null || key.SequenceCompareTo(high) < 0, "a key is above the range of its leaf");
            Require(RecordLeaf.SlotOf(leaf, key, RecordLeaf.HeadsOf(leaf)[i]) == i, "a key is not found where it is");
            Require(
                i == 0 || i >= leaf->Sorted || NativeRecord.KeyOf(RecordLeaf.RecordAt(leaf, i - 1)).SequenceCompareTo(key) < 0,
                "the sorted part of a leaf does not ascend");
        }

        VisitInOrder(leaf);
    }

    private void VisitInOrder(RecordLeaf* leaf)
    {
        var heads = stackalloc long[RecordLeaf.Slots];
        var records = stackalloc nint[RecordLeaf.Slots];
        var count = LeafOrder.Copy(leaf, heads, records, out _);
        for (var i = 0; i < count; i++)
        {
            var record = (NativeRecord*)records[i];
            Require(_last == null || NativeRecord.KeyOf(_last).SequenceCompareTo(NativeRecord.KeyOf(record)) < 0, "the records do not ascend");
            _last = record;
        }
    }

    private static byte[] BytesOf(in Separator separator)
    {
        var bytes = new byte[separator.Length];
        separator.CopyTo(0, bytes);
        return bytes;
    }
}
