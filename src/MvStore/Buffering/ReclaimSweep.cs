using System.Buffers;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// What a run of reclamation does with the records, one after the other, each under its lock. Besides what the rule lets go it evicts, where deleted keys go, entries that
/// are at or below the floor and not final (I21): a deletion that only the tier has may hide them, and must not leave it before them. They are on disk, as everything
/// at or below a floor is (I7). Belongs to the run.
/// </summary>
internal sealed unsafe class ReclaimSweep(VersionBuffer buffer, RetentionRule rule)
{
    private readonly bool _forgets = rule.Plan.ReclaimsDeletedKeys;

    /// <summary>Entries looked at.</summary>
    public long ScannedVersions { get; private set; }

    /// <summary>Entries that the rule let go.</summary>
    public long ReclaimedVersions { get; private set; }

    /// <summary>Bytes of their keys and values.</summary>
    public long ReclaimedBytes { get; private set; }

    public void Reclaim(in HeapLease lease, NativeRecord* record, ref LinkedFigures figures)
    {
        var count = VersionChain.CountOf(record);
        if (count == 0 || (count == 1 && !MayGoAlone(VersionChain.NewestListed(record))))
        {
            ScannedVersions += count;
            return;
        }

        using var edit = new ChainEdit(record);
        var stamps = ArrayPool<VersionStamp>.Shared.Rent(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                if (edit[i]->IsHidden)
                {
                    // The rule would take it for one that views see, and let go what is below it.
                    TakeOutHidden(lease, record, ref figures);
                    Reclaim(lease, record, ref figures);
                    return;
                }

                stamps[i] = new VersionStamp(edit[i]->Version, edit[i]->Sequence) { IsTombstone = edit[i]->IsTombstone };
            }

            ScannedVersions += count;
            Decide(lease, edit, NativeRecord.KeyOf(record), stamps.AsSpan(0, count), ref figures);
        }
        finally
        {
            ArrayPool<VersionStamp>.Shared.Return(stamps);
        }
    }

    private void Decide(in HeapLease lease, ChainEdit edit, ReadOnlySpan<byte> key, ReadOnlySpan<VersionStamp> stamps, ref LinkedFigures figures)
    {
        var reclaimed = rule.Decide(key, stamps, edit.Keep);
        var bytes = 0L;
        for (var i = 0; i < edit.Count && reclaimed > 0; i++)
        {
            bytes += edit.Keep[i] ? 0 : key.Length + edit[i]->ValueLength;
        }

        var isEvicting = _forgets && !buffer.IsWhole && TakeOutUnfinal(edit, rule.FloorOf(key));
        if (reclaimed > 0 || isEvicting)
        {
            edit.Apply(lease, ref figures);
            ReclaimedVersions += reclaimed;
            ReclaimedBytes += bytes;
        }
    }

    // Newer entries than one that is final are final too, so these are the oldest ones.
    private static bool TakeOutUnfinal(ChainEdit edit, CommitVersion floor)
    {
        var found = false;
        for (var i = edit.Count - 1; i >= 0 && !edit[i]->IsFinal && edit[i]->Version <= floor.Value; i--)
        {
            edit.Keep[i] = false;
            found = true;
        }

        return found;
    }

    private static void TakeOutHidden(in HeapLease lease, NativeRecord* record, ref LinkedFigures figures)
    {
        using var edit = new ChainEdit(record);
        for (var i = 0; i < edit.Count; i++)
        {
            edit.Keep[i] = !edit[i]->IsHidden;
        }

        edit.Apply(lease, ref figures);
    }

    // Of what is alone in its chain most stays: the value that the key has.
    private bool MayGoAlone(NativeEntry* entry)
        => _forgets && (entry->IsTombstone || (!entry->IsFinal && !buffer.IsWhole));
}
