using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// One key: its records 1 to 4, where the tree and the table lead, and who is at work. The entries 0 and 1 are those of the two committers; entry 2 was there
/// before and is on disk. A retired record is free for use anew as soon as everybody who was inside an epoch then has left it.
/// </summary>
internal readonly record struct RecordState(
    Slots Phases,
    Slots RecordOf,
    Slots Chains,
    Slots Life,
    Slots Holders,
    byte Removed,
    byte Tree,
    byte Table,
    byte Published,
    byte Disk,
    byte Inside,
    byte Trimmer,
    byte Victim,
    byte Reader,
    byte ReaderRecord,
    byte View,
    byte Seen,
    bool IsReused)
{
    public const int Records = 4;
    public const int Live = 1;
    public const int Retired = 2;
    public const int ReaderEpoch = 1;

    public enum Phase
    {
        Idle,

        /// <summary>It has a record out of the table.</summary>
        Found,

        /// <summary>It has a candidate for the tree.</summary>
        Missed,

        /// <summary>It has a record out of the tree.</summary>
        Met,

        /// <summary>Its entry is linked in a record that it must see to in the table.</summary>
        ToTable,
        Linked,
        Published,
    }

    public static RecordState Initial => new()
    {
        Life = default(Slots).With(1, Live),
        Chains = default(Slots).With(1, 4),
        Tree = 1,
        Table = 1,
        Published = 4,
        Disk = 4,
    };

    public Phase PhaseOf(int committer) => (Phase)Phases[committer];

    public bool IsRemoved(int record) => Has(Removed, record);

    public bool IsEmpty(int record) => Chains[record] == 0;

    public int FreeRecord()
    {
        for (var record = 1; record <= Records; record++)
        {
            if (Life[record] == 0)
            {
                return record;
            }
        }

        return 0;
    }

    public RecordState To(int committer, Phase phase, int record = 0) => this with
    {
        Phases = Phases.With(committer, (int)phase),
        RecordOf = RecordOf.With(committer, record),
    };

    /// <summary>A new record with the committer's entry in it takes the place of what the tree leads to.</summary>
    public RecordState Place(int committer)
    {
        var record = FreeRecord();
        return To(committer, Phase.ToTable, record) with
        {
            Life = Life.With(record, Live),
            Chains = Chains.With(record, 1 << committer),
            Tree = (byte)record,
            IsReused = IsReused || record <= 1,
        };
    }

    public RecordState Link(int committer, int record) => this with { Chains = Chains.With(record, With(Chains[record], committer)) };

    public RecordState Evict(int entry)
    {
        var chains = Chains;
        for (var record = 1; record <= Records; record++)
        {
            chains = chains.With(record, Without(chains[record], entry));
        }

        return this with { Chains = chains };
    }

    public RecordState Enter(int who) => this with { Inside = (byte)(Inside | who) };

    public RecordState Leave(int who)
    {
        var left = this with { Inside = (byte)(Inside & ~who) };
        for (var record = 1; record <= Records; record++)
        {
            if (left.Life[record] == Retired)
            {
                left = left with { Holders = left.Holders.With(record, left.Holders[record] & ~who) };
                left = left.Holders[record] == 0 ? left.Free(record) : left;
            }
        }

        return left;
    }

    public RecordState Retire(int record, bool freesAtOnce)
    {
        var retired = this with { Life = Life.With(record, Retired), Holders = Holders.With(record, Inside) };
        return Inside == 0 || freesAtOnce ? retired.Free(record) : retired;
    }

    private RecordState Free(int record) => this with
    {
        Life = Life.With(record, 0),
        Holders = Holders.With(record, 0),
        Chains = Chains.With(record, 0),
        Removed = Without(Removed, record),
    };
}
