using System.Runtime.CompilerServices;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// Fetches into the cache what <see cref="VersionChain.Find"/> will look at, for callers with many records at hand: what they wait for overlaps. Inside an epoch.
/// </summary>
internal static unsafe class ChainPrefetch
{
    // Of long chains the rest is fetched by the processor's looking ahead, and would push out what was fetched before.
    private const int MostEntriesFetched = 32;

    /// <summary>A block, or the newest entry and the value behind it.</summary>
    /// <param name="record">A record, which itself may not be in the cache, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(NativeRecord* record)
    {
        if (record != null)
        {
            var chain = NativeRecord.ChainOf(record);
            FetchThreeLines(VersionChain.IsBlock(chain) ? VersionChain.BlockOf(chain) : VersionChain.NewestOf(chain));
        }
    }

    /// <summary>The same for a scan, whose records were fetched with the entries they were born with: of a list the first line only.</summary>
    /// <returns>Whether the chain is a block, so that <see cref="FetchFromBlock"/> is of use.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool FetchFirst(NativeRecord* record)
    {
        var chain = NativeRecord.ChainOf(record);
        if (!VersionChain.IsBlock(chain))
        {
            CacheLine.Prefetch(VersionChain.NewestOf(chain));
            return false;
        }

        FetchThreeLines(VersionChain.BlockOf(chain));
        return true;
    }

    /// <summary>Of a chain that is a block, once that is in the cache: the entry that will most likely be found, and its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FetchFromBlock(NativeRecord* record, TierView view)
    {
        var chain = NativeRecord.ChainOf(record);
        if (VersionChain.IsBlock(chain))
        {
            var block = VersionChain.BlockOf(chain);
            var below = VersionBlock.CountAtOrBelow(block, VersionBlock.CountOf(block), view.At.Value);
            if (below > 0)
            {
                FetchThreeLines(VersionBlock.EntryAt(block, below - 1));
            }
        }
    }

    /// <summary>Of a chain that is a block, once that is in the cache: the first line of each of its entries, as many as are worth it.</summary>
    public static void FetchAllFromBlock(NativeRecord* record)
    {
        var chain = NativeRecord.ChainOf(record);
        if (VersionChain.IsBlock(chain))
        {
            var block = VersionChain.BlockOf(chain);
            for (var i = Math.Min(VersionBlock.CountOf(block), MostEntriesFetched) - 1; i >= 0; i--)
            {
                CacheLine.Prefetch(VersionBlock.EntryAt(block, i));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FetchThreeLines(void* start)
    {
        CacheLine.Prefetch(start);
        CacheLine.Prefetch((byte*)start + CacheLine.Size);
        CacheLine.Prefetch((byte*)start + (2 * CacheLine.Size));
    }
}
