using System.Runtime.InteropServices;

namespace MvStore.Sqlite.Writing;

/// <summary>
/// The entries of the one key that a step of reclamation is at, newest first: the first is the row of <c>current</c>. Nothing goes on the word of a
/// damaged row: it may be another version than it says. So what goes, and what hides it, must be intact. Small values are checked as they are
/// collected; large ones only if it comes to that, by another read.
/// </summary>
internal sealed class CollectedKey(DoomedRows doomed)
{
    private readonly List<VersionStamp> _stamps = [];
    private readonly List<RowState> _states = []; // of the same entries

    public void Clear()
    {
        _stamps.Clear();
        _states.Clear();
    }

    /// <summary>Adds the next older entry.</summary>
    public void Add(Statement row)
    {
        var version = row.Integer(1);
        var sequence = row.Integer(2);
        var length = row.Integer(3);
        var isTombstone = row.IsNull(3);
        bool? isIntact = !isTombstone && row.IsNull(4)
            ? null
            : EntryChecksum.Of(row.Blob(0), version, sequence, row.Blob(4), isTombstone) == row.Integer(5);
        _stamps.Add(new VersionStamp((ulong)version, (ulong)sequence) { IsTombstone = isTombstone });
        _states.Add(new RowState(length, isIntact));
    }

    /// <summary>Asks the rule, hands over what may go, and is empty again.</summary>
    public void Judge(RetentionRule rule, byte[] key)
    {
        var stamps = CollectionsMarshal.AsSpan(_stamps);
        var keep = stamps.Length <= 256 ? stackalloc bool[stamps.Length] : new bool[stamps.Length];
        if (rule.Decide(key, stamps, keep) > 0)
        {
            if (!keep[0] && (keep.Contains(true) || !stamps[0].IsTombstone))
            {
                throw new PersistentTierException(TierFailure.Fatal, "The rule of retention lets the newest entry of a key go, which does not delete it or hides another.");
            }

            if (!keep[0])
            {
                RequireIntact(key, 0);
                doomed.AddNewest(key, (long)stamps[0].Version.Value, key.Length);
            }

            for (var i = 1; i < keep.Length; i++)
            {
                if (keep[i])
                {
                    continue;
                }

                if (keep[i - 1])
                {
                    RequireIntact(key, i - 1);
                }

                RequireIntact(key, i);
                doomed.Add(key, (long)stamps[i].Version.Value, key.Length + _states[i].ValueLength, isNeighbour: i > 1 && !keep[i - 1]);
            }
        }

        Clear();
    }

    private void RequireIntact(byte[] key, int index)
    {
        var version = (long)_stamps[index].Version.Value;
        if (_states[index].IsIntact is not { } isIntact)
        {
            doomed.RequireIntact(key, version, isNewest: index == 0);
        }
        else if (!isIntact)
        {
            throw Damage.Entry(key, version, (long)_stamps[index].Sequence);
        }
    }

    // Null: its value was not read.
    private readonly record struct RowState(long ValueLength, bool? IsIntact);
}
