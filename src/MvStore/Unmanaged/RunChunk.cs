using System.Numerics;
using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>
/// The beginning of a chunk that is handed out in runs of 1 KB units, for blocks between small and huge. Owner of every field: the gate of
/// <see cref="LargeBlocks"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RunChunk
{
    /// <summary>Bytes of a unit.</summary>
    public const int UnitSize = 1 << UnitBits;

    /// <summary>The most units of a run.</summary>
    public const int MostUnits = Units - 1;

    private const int UnitBits = 10;
    private const int Units = HeapChunk.Size / UnitSize;
    private const int Words = Units / 64;

    /// <summary>Neighbour among the chunks whose longest free run is about as long. Owner: the gate.</summary>
    public RunChunk* Previous;

    /// <summary>Neighbour among the chunks whose longest free run is about as long. Owner: the gate.</summary>
    public RunChunk* Next;

    /// <summary>Units of the longest free run. Owner: the gate.</summary>
    public int LongestRun;

    // A bit for each unit in use; the first unit is this description. Owner: the gate.
    private fixed ulong _used[Words];

    /// <summary>Whether no run is in use.</summary>
    public readonly bool IsEmpty => LongestRun == MostUnits;

    /// <summary>Makes fresh memory a chunk without a run in use.</summary>
    public static void Open(RunChunk* chunk)
    {
        *chunk = default;
        chunk->_used[0] = 1;
        chunk->LongestRun = MostUnits;
    }

    /// <summary>The chunk of a block.</summary>
    public static RunChunk* Of(byte* block) => (RunChunk*)((nuint)block & ~(nuint)(HeapChunk.Size - 1));

    /// <summary>Takes a run. There must be one.</summary>
    public static byte* Take(RunChunk* chunk, int units)
    {
        var start = 0;
        var end = 0;
        while (end - start < units)
        {
            start = chunk->Find(end, used: false);
            end = chunk->Find(start, used: true);
        }

        chunk->Mark(start, units);
        chunk->Measure();
        return (byte*)chunk + ((nuint)start << UnitBits);
    }

    /// <summary>Makes a run free.</summary>
    public static void GiveBack(RunChunk* chunk, byte* block, int units)
    {
        var start = (int)((block - (byte*)chunk) >> UnitBits);
        if ((block - (byte*)chunk) % UnitSize != 0 || start == 0 || chunk->Find(start, used: false) < start + units)
        {
            throw new InvalidOperationException("A block was freed that is not in use, or with another size than it was allocated with.");
        }

        chunk->Mark(start, units);
        chunk->Measure();
    }

    // Turns the bits of a run over.
    private void Mark(int start, int units)
    {
        for (var unit = start; unit < start + units;)
        {
            var bit = unit & 63;
            var count = Math.Min(64 - bit, start + units - unit);
            _used[unit >> 6] ^= (count == 64 ? ulong.MaxValue : (1UL << count) - 1) << bit;
            unit += count;
        }
    }

    // The first unit from one on that is, or is not, in use; Units if there is none.
    private readonly int Find(int unit, bool used)
    {
        while (unit < Units)
        {
            var word = (used ? _used[unit >> 6] : ~_used[unit >> 6]) >> (unit & 63);
            if (word != 0)
            {
                return unit + BitOperations.TrailingZeroCount(word);
            }

            unit = (unit | 63) + 1;
        }

        return Units;
    }

    private void Measure()
    {
        var longest = 0;
        for (var start = Find(0, used: false); start < Units;)
        {
            var end = Find(start, used: true);
            longest = Math.Max(longest, end - start);
            start = Find(end, used: false);
        }

        LongestRun = longest;
    }
}
