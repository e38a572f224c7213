using System.Runtime.InteropServices;

namespace MvStore.Sqlite.Writing;

/// <summary>
/// The entries of the one key that a step of reclamation is at, newest first: the first is the row of <c>current</c>. Nothing goes on the word of a
/// damaged row: it may be another version than it says. So what goes, and what hides it, must be intact. Small values are checked as they are
/// collected; large ones only if it comes to that, by another read.
/// </summary>
internal sealed class CollectedKey(DoomedRows doomed)
{
    /// <summary>The columns of a row that is collected: of a large value, which is not read for its checksum unless its row is to go, only the length.</summary>
    public const string Columns = "key, version, sequence, iif(length(value) <= 4096, value, length(value)), checksum";

    private readonly List<VersionStamp> _stamps = [];
    private readonly List<RowState> _states = []; // of the same entries

    public void Clear()
    {
        _stamps.Clear();
        _states.Clear();
    }

    /// <summary>Adds the next older entry.</summary>
    /// <param name="row">Its row, of <see cref="Columns"/>.</param>
    /// <param name="key">Its key.</param>
    public void Add(Statement row, ReadOnlySpan<byte> key)
    {
        var version = row.Integer(1);
        var sequence = row.Integer(2);
        if (row.IsInteger(3))
        {
            _stamps.Add(new VersionStamp((ulong)version, (ulong)sequence));
            _states.Add(new RowState(row.Integer(3), null));
            return;
        }

        var value = row.Blob(3);
        var isTombstone = value.IsEmpty && row.IsNull(3);
        _stamps.Add(new VersionStamp((ulong)version, (ulong)sequence) { IsTombstone = isTombstone });
        _states.Add(new RowState(value.Length, EntryChecksum.Of(key, version, sequence, value, isTombstone) == row.Integer(4)));
    }

    /// <summary>Asks the rule, hands over what may go, and is empty again.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="key">The key; kept.</param>
    /// <param name="isNext">Whether no other key of the history lies between this one and the one judged before.</param>
    /// <param name="tally">Counts what stays; null for nobody.</param>
    public void Judge(RetentionRule rule, byte[] key, bool isNext, GarbageTally? tally)
    {
        var stamps = CollectionsMarshal.AsSpan(_stamps);
        var keep = stamps.Length <= 256 ? stackalloc bool[stamps.Length] : new bool[stamps.Length];
        var going = rule.Decide(key, stamps, keep);
        tally?.AddLeft(key, stamps, keep);
        if (stamps.Length > 1)
        {
            doomed.Begin(key, isNext, isWhole: !keep[1..].Contains(true)); // without older entries it is no key of the history
        }

        if (going > 0)
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
