using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MvStore.Buffering;

/// <summary>
/// An inner node of <see cref="RecordTree"/> in unmanaged memory: this header, the heads of the separators, the children, where each separator ends, and
/// the text: what all separators begin with once (prefix B-tree, Bayer and Unterauer 1977), then the rest of each. Child i holds the keys from separator
/// i - 1 up to but not including separator i. All of it stays as it was made, but a child's slot, which is stored anew when a node of the same range
/// takes its place.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RecordInner
{
    /// <summary>How far above the leaves it stands; at least 1. Never changes.</summary>
    public int Level;

    /// <summary>How many children it has; at least 2. Never changes.</summary>
    public int Count;

    /// <summary>Bytes of the node. Never changes.</summary>
    public int Size;

    // Bytes that all separators begin with. Never changes.
    private int _prefixLength;

    /// <summary>The level of a node of either kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LevelOf(nint node) => *(int*)node;

    /// <summary>A child. Its slot is stored by whoever holds the structure lock. Release store; readers acquire.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ChildAt(RecordInner* node, int index) => Volatile.Read(ref ChildrenOf(node)[index]);

    /// <summary>Where a child's pointer is.</summary>
    public static nint* SlotAt(RecordInner* node, int index) => ChildrenOf(node) + index;

    /// <summary>A separator, without a copy.</summary>
    public static Separator SeparatorAt(RecordInner* node, int index) => new(PrefixOf(node), RestAt(node, index));

    /// <summary>Bytes that a node of these separators takes.</summary>
    public static int SizeOf(ReadOnlySpan<Separator> separators)
    {
        var prefix = CommonLength(separators);
        var text = prefix;
        foreach (ref readonly var separator in separators)
        {
            text = checked(text + separator.Length - prefix);
        }

        return checked(TextOffset(separators.Length + 1) + text);
    }

    /// <summary>Makes a node that nobody can reach yet.</summary>
    /// <param name="node">A block of <paramref name="size"/> bytes.</param>
    /// <param name="size">What <see cref="SizeOf"/> said.</param>
    /// <param name="level">Its level.</param>
    /// <param name="children">The children, at least 2.</param>
    /// <param name="separators">The separators between them.</param>
    public static void Fill(RecordInner* node, int size, int level, ReadOnlySpan<nint> children, ReadOnlySpan<Separator> separators)
    {
        var prefix = CommonLength(separators);
        node->Level = level;
        node->Count = children.Length;
        node->Size = size;
        node->_prefixLength = prefix;
        children.CopyTo(new Span<nint>(ChildrenOf(node), children.Length));
        separators[0].CopyTo(0, new Span<byte>(TextOf(node), prefix));
        var end = prefix;
        for (var i = 0; i < separators.Length; i++)
        {
            var rest = new Span<byte>(TextOf(node) + end, separators[i].Length - prefix);
            separators[i].CopyTo(prefix, rest);
            end += rest.Length;
            EndsOf(node)[i] = end;
            HeadsOf(node)[i] = KeyHead.Of(rest, 0);
        }
    }

    /// <summary>The child in whose range a key is: how many separators are at or below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Route(RecordInner* node, ReadOnlySpan<byte> key)
    {
        var prefix = node->_prefixLength;
        if (prefix > 0)
        {
            var order = key[..Math.Min(key.Length, prefix)].SequenceCompareTo(PrefixOf(node));
            if (order != 0)
            {
                return order < 0 ? 0 : node->Count - 1;
            }
        }

        var head = KeyHead.Of(key, prefix);
        var heads = HeadsOf(node);
        var separators = node->Count - 1;
        var index = KeyHead.CountBelow(heads, separators, head);
        return index < separators && heads[index] == head ? RouteAmongEqual(node, index, key[prefix..], head) : index;
    }

    private static int RouteAmongEqual(RecordInner* node, int index, ReadOnlySpan<byte> rest, long head)
    {
        var end = index + 1;
        while (end < node->Count - 1 && HeadsOf(node)[end] == head)
        {
            end++;
        }

        while (index < end)
        {
            var middle = (index + end) >> 1;
            (index, end) = RestAt(node, middle).SequenceCompareTo(rest) <= 0 ? (middle + 1, end) : (index, middle);
        }

        return index;
    }

    private static int CommonLength(ReadOnlySpan<Separator> separators)
        => separators.Length > 1 ? Separator.CommonLength(separators[0], separators[^1]) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long* HeadsOf(RecordInner* node) => (long*)(node + 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint* ChildrenOf(RecordInner* node) => (nint*)(HeadsOf(node) + (node->Count - 1));

    private static int* EndsOf(RecordInner* node) => (int*)(ChildrenOf(node) + node->Count);

    private static byte* TextOf(RecordInner* node) => (byte*)node + TextOffset(node->Count);

    private static int TextOffset(int children)
        => sizeof(RecordInner) + (sizeof(long) * (children - 1)) + (sizeof(nint) * children) + (sizeof(int) * (children - 1));

    private static ReadOnlySpan<byte> PrefixOf(RecordInner* node) => new(TextOf(node), node->_prefixLength);

    private static ReadOnlySpan<byte> RestAt(RecordInner* node, int index)
    {
        var start = index == 0 ? node->_prefixLength : EndsOf(node)[index - 1];
        return new ReadOnlySpan<byte>(TextOf(node) + start, EndsOf(node)[index] - start);
    }
}
