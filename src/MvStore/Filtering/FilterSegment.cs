using System.Runtime.CompilerServices;

namespace MvStore.Filtering;

/// <summary>
/// A blocked Bloom filter of fixed size (Putze, Sanders, Singler: "Cache-, Hash- and Space-Efficient Bloom Filters"): a key sets one bit in each of the eight words
/// of one block, which is one cache line, so that a look is one cache miss. At <see cref="BitsPerKey"/> bits a key about one unknown key in two hundred passes
/// for known. Bits are only ever set. One thread writes at a time; any thread reads, without waiting.
/// </summary>
internal sealed class FilterSegment
{
    /// <summary>Bits for each key of <see cref="Capacity"/>.</summary>
    public const int BitsPerKey = 12;

    /// <summary>Bytes of a block: a cache line.</summary>
    public const int BlockBytes = WordsPerBlock * sizeof(ulong);

    private const int WordsPerBlock = 8;
    private const int BitsPerByte = 8;
    private const int BitsPerPosition = 6;
    private const int PositionMask = (1 << BitsPerPosition) - 1;

    // Makes the positions from other bits than the block.
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    // Owner: the one thread that writes. Plain stores, each of a whole word, and plain loads: whoever must see a bit has an acquire before its load that
    // pairs with a release behind the store (I30); who need not see it may see any mixture.
    private readonly ulong[] _words;
    private readonly int _first;
    private readonly uint _blocks;

    /// <summary>Makes an empty filter.</summary>
    /// <param name="bytes">Its size, rounded down to whole blocks; at least one block.</param>
    public FilterSegment(long bytes)
    {
        _blocks = checked((uint)(bytes / BlockBytes));
        ArgumentOutOfRangeException.ThrowIfZero(_blocks, nameof(bytes));
        _words = GC.AllocateArray<ulong>(checked((int)(_blocks + 1) * WordsPerBlock), pinned: true);
        _first = FirstAligned(_words);
    }

    /// <summary>How many keys it is made for.</summary>
    public long Capacity => (long)_blocks * BlockBytes * BitsPerByte / BitsPerKey;

    /// <summary>What it takes.</summary>
    public long Bytes => (long)_words.Length * sizeof(ulong);

    /// <summary>Whether a key may have been added.</summary>
    /// <param name="hash">Its hash, of which every bit is good.</param>
    public bool MayContain(ulong hash)
    {
        ref var word = ref _words[BlockOf(hash)];
        var positions = PositionsOf(hash);
        for (var i = 0; i < WordsPerBlock; i++, positions >>= BitsPerPosition)
        {
            if ((Unsafe.Add(ref word, i) & Bit(positions)) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds a key.</summary>
    public void Add(ulong hash)
    {
        ref var word = ref _words[BlockOf(hash)];
        var positions = PositionsOf(hash);
        for (var i = 0; i < WordsPerBlock; i++, positions >>= BitsPerPosition)
        {
            Unsafe.Add(ref word, i) |= Bit(positions);
        }
    }

    // The upper 48 bits, on which all bits of the hash have a say.
    private static ulong PositionsOf(ulong hash) => (hash * Spread) >> (64 - (WordsPerBlock * BitsPerPosition));

    private static ulong Bit(ulong positions) => 1UL << (int)(positions & PositionMask);

    private int BlockOf(ulong hash) => _first + (int)(((hash >> 32) * _blocks) >> 32) * WordsPerBlock;

    // The array is pinned, so this stays true.
    private static unsafe int FirstAligned(ulong[] words)
    {
        var address = (nuint)Unsafe.AsPointer(ref words[0]);
        var behind = (int)(address % BlockBytes);
        return behind == 0 ? 0 : (BlockBytes - behind) / sizeof(ulong);
    }
}
