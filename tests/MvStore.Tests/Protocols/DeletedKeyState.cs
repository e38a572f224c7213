using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>What the model of a deleted key is in. Masks have a bit for each version; version 2 is the deletion.</summary>
internal readonly record struct DeletedKeyState(
    Slots Order,
    byte Published,
    byte Mark,
    byte Chain,
    byte Final,
    bool IsWhole,
    byte Disk,
    byte Floor,
    byte Crashes,
    SweepStep Sweep,
    PinState SeenHeld,
    PinState SeenReader,
    PinState Held,
    ReaderStep Reader,
    ReaderKind Kind,
    bool IsStale,
    bool IsRaised,
    byte FloorSeen,
    byte VisibleSeen,
    byte At,
    byte View,
    PinState Pin,
    byte Answer)
{
    private const int Deletion = 2;
    private const int Highest = 3;

    public bool IsFinal(int version) => Has(Final, version);

    /// <summary>Eviction takes the oldest entry, if it is on disk.</summary>
    public bool MayEvict => Chain != 0 && SequenceOf(Oldest(Chain)) <= Mark;

    public int SequenceOf(int version)
    {
        for (var sequence = 1; sequence <= Published; sequence++)
        {
            if (Order[sequence] == version)
            {
                return sequence;
            }
        }

        return 0;
    }

    public DeletedKeyState Commit(int version)
    {
        var isFinal = Chain == 0 ? version > HighestPublished(Published) : version > HighestPublished(Published) || IsNextOlderFinal(version);
        return this with
        {
            Published = (byte)(Published + 1),
            Order = Order.With(Published + 1, version),
            Chain = With(Chain, version),
            Final = isFinal ? With(Final, version) : Final,
        };
    }

    public DeletedKeyState Flush() => this with { Mark = (byte)(Mark + 1), Disk = With(Disk, Order[Mark + 1]) };

    public DeletedKeyState Evict()
    {
        var oldest = Oldest(Chain);
        return this with { Chain = Without(Chain, oldest), Final = Without(Final, oldest), IsWhole = false };
    }

    /// <summary>What is not on disk is gone, and whoever ran.</summary>
    public DeletedKeyState Crash()
    {
        var order = default(Slots);
        for (var sequence = 1; sequence <= Mark; sequence++)
        {
            order = order.With(sequence, Order[sequence]);
        }

        return new DeletedKeyState { Order = order, Published = Mark, Mark = Mark, Disk = Disk, Floor = Floor, Crashes = 1, IsWhole = Mark == 0 };
    }

    /// <summary>Below the lowest version that is published and not on disk.</summary>
    public int HighestFloor(bool isDurableIgnored)
    {
        var pending = Highest + 1;
        for (var sequence = Mark + 1; sequence <= Published; sequence++)
        {
            pending = Math.Min(pending, Order[sequence]);
        }

        return isDurableIgnored ? HighestPublished(Published) : Math.Min(HighestPublished(Mark), pending - 1);
    }

    public DeletedKeyState RaiseFloor(bool isDurableIgnored)
        => this with { Floor = (byte)HighestFloor(isDurableIgnored), Sweep = SweepStep.FloorRaised, IsStale = IsWatching, IsRaised = Kind == ReaderKind.StepBack && Reader >= ReaderStep.PinAdded };

    public DeletedKeyState Renew(DeletedKeyTests.Fault fault) => this with
    {
        Sweep = SweepStep.Renewed,
        IsStale = fault == DeletedKeyTests.Fault.FloorsAreNotPublishedAnew ? IsStale : IsWatching,
    };

    public DeletedKeyState ReadPins(SweepStep next) => this with { Sweep = next, SeenHeld = Held, SeenReader = Pin };

    public DeletedKeyState SweepMemory(DeletedKeyTests.Fault fault)
    {
        var chain = Chain & Kept(Chain, fault);
        if (!IsWhole && fault != DeletedKeyTests.Fault.MemoryKeepsWhatIsNotFinal)
        {
            for (var version = 1; version <= Floor; version++)
            {
                chain = Has(Final, version) ? chain : Without(chain, version);
            }
        }

        return this with { Chain = (byte)chain, Final = (byte)(Final & chain) };
    }

    public DeletedKeyState SweepTier(DeletedKeyTests.Fault fault)
    {
        var kept = Kept(Disk, fault);
        if (fault == DeletedKeyTests.Fault.DeletionGoesAlone && Has(Disk, Deletion) && !Has(kept, Deletion))
        {
            // What is older goes in another step.
            kept = Without(Disk, Deletion);
        }

        return this with { Disk = (byte)(Disk & kept), SeenHeld = default, SeenReader = default };
    }

    public DeletedKeyState Capture(int at)
    {
        var captured = this with { At = (byte)at, View = Published, FloorSeen = 0 };
        return Kind == ReaderKind.Point
            ? captured with { Reader = ReaderStep.Captured }
            : captured with
            {
                Reader = ReaderStep.PinAdded,
                VisibleSeen = (byte)(Kind == ReaderKind.StepBack ? HighestPublished(Published) : 0),
                Pin = new PinState((byte)at, Published, true),
            };
    }

    /// <summary>Who steps back reads below what its pin sees, under the floors of that moment.</summary>
    public DeletedKeyState ReadMemory()
    {
        var state = Kind == ReaderKind.StepBack ? this with { At = (byte)(Pin.At - 1), IsStale = false } : this;
        var best = state.BestIn(state.Chain, state.At, state.View);
        return state with { Answer = (byte)best, Reader = (best != 0 && state.IsFinal(best)) || state.IsWhole ? ReaderStep.Judging : ReaderStep.MemoryRead };
    }

    public DeletedKeyState AskTier() => this with { Answer = (byte)Math.Max(Answer, BestIn(Disk, At, View)), Reader = ReaderStep.Judging };

    public DeletedKeyState Judge(DeletedKeyTests.Fault fault)
    {
        var found = Answer == Deletion ? 0 : Answer;
        switch (Kind)
        {
            case ReaderKind.Point when IsStale:
                return EndRead();
            case ReaderKind.StepBack when IsStale && fault != DeletedKeyTests.Fault.StepBackReadsOnce:
                return this with { Reader = ReaderStep.Captured };
            case ReaderKind.StepBack when At < Floor || (Answer <= Floor && IsRaised && !(Floor <= VisibleSeen && !IsLatePublishedAfter(View))):
                return EndRead(); // "Reclaimed".
            default:
                return this with { Reader = ReaderStep.Answered, Answer = (byte)found };
        }
    }

    public DeletedKeyState EndRead() => this with
    {
        Reader = ReaderStep.Idle,
        Kind = default,
        IsStale = false,
        IsRaised = false,
        FloorSeen = 0,
        VisibleSeen = 0,
        At = 0,
        View = 0,
        Pin = default,
        Answer = 0,
    };

    public bool IsPresentRight()
    {
        for (var at = Math.Max(1, (int)Floor); at <= Highest; at++)
        {
            if (Best(at, Published) != Truth(at, Published))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What a view gets that reads both tiers at one instant; 0 for nothing.</summary>
    public int Best(int at, int view)
    {
        var inMemory = BestIn(Chain, at, view);
        var best = IsWhole || (inMemory != 0 && IsFinal(inMemory)) ? inMemory : Math.Max(inMemory, BestIn(Disk, at, view));
        return best == Deletion ? 0 : best;
    }

    /// <summary>What a view must get; 0 for nothing.</summary>
    public int Truth(int at, int view)
    {
        for (var version = at; version > 0; version--)
        {
            if (SequenceOf(version) is > 0 and var sequence && sequence <= view)
            {
                return version == Deletion ? 0 : version;
            }
        }

        return 0;
    }

    // Who has a pin and reads what it sees does not look at the floors any more.
    private bool IsWatching => Reader != ReaderStep.Idle && (Kind != ReaderKind.Pinned || Reader < ReaderStep.Captured);

    private static int Oldest(int mask) => System.Numerics.BitOperations.TrailingZeroCount((uint)mask);

    private int HighestPublished(int upTo)
    {
        var highest = 0;
        for (var sequence = 1; sequence <= upTo; sequence++)
        {
            highest = Math.Max(highest, Order[sequence]);
        }

        return highest;
    }

    private bool IsLatePublishedAfter(int view)
    {
        for (var sequence = view + 1; sequence <= Published; sequence++)
        {
            if (Order[sequence] < HighestPublished(sequence - 1))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsNextOlderFinal(int version)
    {
        for (var older = version - 1; older > 0; older--)
        {
            if (Has(Chain, older))
            {
                return Has(Final, older);
            }
        }

        return false;
    }

    private int BestIn(int tier, int at, int view)
    {
        for (var version = at; version > 0; version--)
        {
            if (Has(tier, version) && SequenceOf(version) is > 0 and var sequence && sequence <= view)
            {
                return version;
            }
        }

        return 0;
    }

    /// <summary>The rule, on what one tier has.</summary>
    private int Kept(int tier, DeletedKeyTests.Fault fault)
    {
        var kept = 0;
        for (var version = Floor + 1; version <= Highest; version++)
        {
            kept = With(kept, version);
        }

        var atFloor = 0;
        for (var version = (int)Floor; version > 0 && atFloor == 0; version--)
        {
            atFloor = Has(tier, version) ? version : 0;
        }

        var isSeen = false;
        foreach (var pin in (PinState[])[SeenHeld, SeenReader])
        {
            if (pin.IsOpen && BestIn(tier, pin.At, pin.View) is > 0 and var seen)
            {
                kept = With(kept, seen);
                isSeen |= seen <= atFloor;
            }
        }

        var goes = atFloor == Deletion && (!isSeen || fault == DeletedKeyTests.Fault.PinsAreIgnored);
        return atFloor == 0 ? kept : goes ? Without(kept, atFloor) : With(kept, atFloor);
    }
}
