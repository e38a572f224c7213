using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The chain of one record: entries 1 to 4, which are their versions, and blocks 5 and 6. The word leads to the newest entry of a list of at most two, or to a
/// block. Whatever was retired is freed as soon as the reader, if it was inside an epoch then, has left it.
/// </summary>
/// <param name="Word">What readers start from: 0, an entry, or a block.</param>
/// <param name="Older">The next older entry of an entry.</param>
/// <param name="Blocks">The entries of a block.</param>
/// <param name="Life">Of entries and blocks.</param>
/// <param name="Content">The entries that are in the chain, when who changes it is through.</param>
/// <param name="Dropped">The entries that the change takes out.</param>
/// <param name="OldBlock">The block that the change replaces.</param>
/// <param name="Step">How far who changes it is; 0 when nobody does.</param>
/// <param name="Linking">The entry that the change adds.</param>
/// <param name="Final">The entries that nothing on disk can beat.</param>
/// <param name="Published">The entries that are published.</param>
/// <param name="Evicted">The entries that have left memory.</param>
/// <param name="Reclaimed">The entries that are gone, because another one hides them.</param>
/// <param name="Reader">How far the reader is; 0 when it is outside.</param>
/// <param name="At">Where it is.</param>
/// <param name="View">What it can see.</param>
/// <param name="Found">What it found.</param>
internal readonly record struct ChainState(
    int Word,
    Slots Older,
    Slots Blocks,
    Slots Life,
    byte Content,
    byte Dropped,
    byte OldBlock,
    byte Step,
    byte Linking,
    byte Final,
    byte Published,
    byte Evicted,
    byte Reclaimed,
    byte Reader,
    byte At,
    byte View,
    byte Found)
{
    public const int Entries = 4;
    public const int LastBlock = 6;
    public const int MostListed = 2;
    public const int Live = 1;
    public const int Retired = 2;
    public const int Freed = 3;

    public static bool IsBlock(int item) => item > Entries;

    public static int Newest(int entries)
    {
        for (var entry = Entries; entry > 0; entry--)
        {
            if (Has(entries, entry))
            {
                return entry;
            }
        }

        return 0;
    }

    public static int Oldest(int entries)
    {
        for (var entry = 1; entry <= Entries; entry++)
        {
            if (Has(entries, entry))
            {
                return entry;
            }
        }

        return 0;
    }

    public static int CountOf(int entries) => System.Numerics.BitOperations.PopCount((uint)entries);

    /// <summary>The newest of some entries that is older than one.</summary>
    public static int Below(int entries, int entry) => Newest(entries & ((1 << entry) - 1));

    public int FreeBlock()
    {
        for (var block = Entries + 1; block <= LastBlock; block++)
        {
            if (Life[block] is 0 or Freed)
            {
                return block;
            }
        }

        return 0;
    }

    public ChainState PublishBlock(int entries)
    {
        var block = FreeBlock();
        return this with { Blocks = Blocks.With(block, entries >> 1), Life = Life.With(block, Live), Word = block };
    }

    public int ContentOf(int block) => Blocks[block] << 1;

    public ChainState Retire(int item, bool freesAtOnce)
        => Reader == 0 || freesAtOnce ? Free(item) : this with { Life = Life.With(item, Retired) };

    /// <summary>The reader leaves its epoch: it was inside when what is retired now was.</summary>
    public ChainState Leave()
    {
        var left = this with { Reader = 0, At = 0, View = 0, Found = 0 };
        for (var item = 1; item <= LastBlock; item++)
        {
            left = Life[item] == Retired ? left.Free(item) : left;
        }

        return left;
    }

    private ChainState Free(int item) => this with
    {
        Life = Life.With(item, Freed),
        Older = IsBlock(item) ? Older : Older.With(item, 0),
        Blocks = IsBlock(item) ? Blocks.With(item, 0) : Blocks,
        Final = IsBlock(item) ? Final : Without(Final, item),
    };
}
