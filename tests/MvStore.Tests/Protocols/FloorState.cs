using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>A state of the model of floors, pins and reclamation (<see cref="FloorTests"/>): versions and sequences are small numbers, sets of them are masks.</summary>
internal readonly record struct FloorState(
    Slots Order,
    byte Taken,
    byte Published,
    byte Durable,
    byte Touches,
    byte Drops,
    byte Late,
    byte LastLate,
    byte Visible,
    byte Announced,
    byte Admission,
    byte Stored,
    byte Floor,
    byte KeyAdmission,
    byte KeyStored,
    byte KeyFloor,
    byte Reclaimed,
    byte Cap,
    FloorCollector Gc,
    byte GcAt,
    byte GcView,
    FloorStep Reader,
    bool HasPin,
    byte At,
    byte View,
    byte FloorAtOpen,
    byte KindAtOpen,
    byte VisibleAtOpen,
    byte FloorNow,
    byte LateSeen,
    byte Below,
    byte Answer)
{
    /// <summary>The floor of the key: its own or its kind's.</summary>
    public byte InForce => Math.Max(Floor, KeyFloor);

    public byte Admitted => Math.Max(Admission, KeyAdmission);

    public byte OnDisk => Math.Max(Stored, KeyStored);

    public int Highest
    {
        get
        {
            var highest = 0;
            for (var sequence = 1; sequence <= Published; sequence++)
            {
                highest = Math.Max(highest, Order[sequence]);
            }

            return highest;
        }
    }

    public int LowestInFlight
    {
        get
        {
            var lowest = 15;
            for (var sequence = Published + 1; sequence <= Taken; sequence++)
            {
                lowest = Math.Min(lowest, Order[sequence]);
            }

            return lowest;
        }
    }

    public int DurableVersion
    {
        get
        {
            var highest = 0;
            var lowestPending = 15;
            for (var sequence = 1; sequence <= Published; sequence++)
            {
                if (sequence <= Durable)
                {
                    highest = Math.Max(highest, Order[sequence]);
                }
                else
                {
                    lowestPending = Math.Min(lowestPending, Order[sequence]);
                }
            }

            return Math.Min(highest, lowestPending - 1);
        }
    }

    /// <summary>What a crash would leave, if only commits that concern the key counted: the highest version, and none of them missing below it.</summary>
    public int DurableVersionOfKey
    {
        get
        {
            var highest = 0;
            var lowestPending = 15;
            for (var sequence = 1; sequence <= Published; sequence++)
            {
                if (sequence <= Durable)
                {
                    highest = Math.Max(highest, Order[sequence]);
                }
                else if (Concerns(Order[sequence]))
                {
                    lowestPending = Math.Min(lowestPending, Order[sequence]);
                }
            }

            return Math.Min(highest, lowestPending - 1);
        }
    }

    public bool Concerns(int version) => Has(Touches | Drops, version);

    public int SequenceOf(int version)
    {
        for (var sequence = 1; sequence <= Taken; sequence++)
        {
            if (Order[sequence] == version)
            {
                return sequence;
            }
        }

        return 0;
    }

    public bool MayBegin(int version, FloorDelta delta, FloorFault fault)
    {
        var floor = fault == FloorFault.NoAdmissionFloor ? Floor : Admission;
        if (delta != FloorDelta.Elsewhere && fault != FloorFault.LateCommitIgnoresKeyFloor)
        {
            floor = Math.Max(floor, fault == FloorFault.NoAdmissionFloor ? KeyFloor : KeyAdmission);
        }

        return SequenceOf(version) == 0 && version > floor && (version > Highest || version == Announced);
    }

    public FloorState Begin(int version, FloorDelta delta)
    {
        var sequence = Taken + 1;
        return this with
        {
            Taken = (byte)sequence,
            Order = Order.With(sequence, version),
            Touches = delta == FloorDelta.Set ? With(Touches, version) : Touches,
            Drops = delta == FloorDelta.Drop ? With(Drops, version) : Drops,
            Late = version < Highest ? With(Late, sequence) : Late,
            Announced = version == Announced ? (byte)0 : Announced,
        };
    }

    public FloorState Publish()
    {
        var sequence = Published + 1;
        var after = this with { Published = (byte)sequence, LastLate = Has(Late, sequence) ? (byte)sequence : LastLate };
        var visible = (int)Visible;
        for (var s = 1; s <= sequence; s++)
        {
            if (Order[s] < after.LowestInFlight)
            {
                visible = Math.Max(visible, Order[s]);
            }
        }

        return after with { Visible = (byte)visible };
    }

    public int Candidate(bool belowInFlight, bool belowDurable, FloorFault fault)
    {
        var candidate = (int)Visible;
        if (belowDurable)
        {
            candidate = Math.Min(candidate, fault == FloorFault.StaleDurable ? Cap : DurableVersion);
        }

        if (belowInFlight)
        {
            candidate = Math.Min(candidate, LowestInFlight - 1);
            candidate = Announced == 0 ? candidate : Math.Min(candidate, Announced - 1);
        }

        return candidate;
    }

    /// <summary>Whether something rises: the floor of the kind to a version, or only that of the key, for 0.</summary>
    public bool MayAdmit(int version, FloorFault fault)
    {
        var candidate = Candidate(fault != FloorFault.FloorAboveInFlight, fault != FloorFault.FloorAboveDurable, fault);
        return version == 0 ? DropInForce(fault) > Admitted : version > Admission && version <= candidate;
    }

    public FloorState Admit(int version, FloorFault fault)
    {
        var kind = version == 0 ? Admission : (byte)version;
        var key = Math.Max(KeyAdmission, DropInForce(fault));
        return this with { Gc = FloorCollector.Admitted, Admission = kind, KeyAdmission = key > kind ? key : (byte)0 };
    }

    /// <summary>Stores the floors; with them, drops that are on disk and settled are forgotten.</summary>
    public FloorState Store()
    {
        var drops = Drops;
        for (var version = 1; version <= Admitted; version++)
        {
            drops = SequenceOf(version) is var sequence && sequence != 0 && sequence <= Durable ? Without(drops, version) : drops;
        }

        return this with { Stored = Admission, KeyStored = KeyAdmission, Drops = drops };
    }

    public FloorState PublishFloor() => this with { Floor = Stored, KeyFloor = KeyStored };

    public FloorState ReadPins() => HasPin ? this with { GcAt = At, GcView = View } : this;

    public FloorState LoadFloor(FloorFault fault)
        => this with
        {
            FloorAtOpen = fault == FloorFault.ReaderIgnoresKeyFloor ? Floor : InForce,
            KindAtOpen = fault == FloorFault.RecheckIgnoresKeyFloor ? Floor : (byte)0,
        };

    public bool IsUnmoved(FloorFault fault) => fault switch
    {
        FloorFault.NoRecheck => true,
        FloorFault.RecheckIgnoresKeyFloor => Floor == KindAtOpen,
        FloorFault.ReaderIgnoresKeyFloor => Floor == FloorAtOpen,
        _ => InForce == FloorAtOpen,
    };

    public bool MayGo(int version, FloorFault fault)
    {
        if (version > OnDisk || !Has(Touches, version) || Has(Reclaimed, version) || SequenceOf(version) == 0)
        {
            return false;
        }

        return version != Newest(OnDisk, 15, remaining: true)
            && version != Newest(GcAt, fault == FloorFault.RuleIgnoresSequences ? 15 : GcView, remaining: true);
    }

    public int Expected(int at) => Newest(at, View, remaining: false);

    public byte Actual(int at) => (byte)Newest(at, View, remaining: true);

    public bool Accepts(int at, int late, FloorFault fault)
        => FloorNow <= at
            && (fault == FloorFault.FloorAlone
                || FloorNow == FloorAtOpen
                || ((FloorNow <= VisibleAtOpen || fault == FloorFault.NoVisibleCondition)
                    && (late <= View || fault == FloorFault.NoLateCondition)));

    public FloorState BackToReading() => this with { Reader = FloorStep.Reading, FloorNow = 0, LateSeen = 0, Below = 0, Answer = 0 };

    public FloorState WithoutReader() => this with
    {
        Reader = FloorStep.Idle,
        HasPin = false,
        At = 0,
        View = 0,
        FloorAtOpen = 0,
        KindAtOpen = 0,
        VisibleAtOpen = 0,
        FloorNow = 0,
        LateSeen = 0,
        Below = 0,
        Answer = 0,
    };

    /// <summary>The highest version at which the key was dropped and up to which everything is settled.</summary>
    private byte DropInForce(FloorFault fault)
    {
        var candidate = Candidate(
            fault is not (FloorFault.FloorAboveInFlight or FloorFault.KeyFloorAboveInFlight),
            fault is not (FloorFault.FloorAboveDurable or FloorFault.KeyFloorAboveDurable),
            fault);
        while (candidate > 0 && !(Has(Drops, candidate) && SequenceOf(candidate) <= Published))
        {
            candidate--;
        }

        return (byte)candidate;
    }

    private int Newest(int at, int view, bool remaining)
    {
        var newest = 0;
        for (var sequence = 1; sequence <= Taken && sequence <= view; sequence++)
        {
            var version = Order[sequence];
            if (version <= at && version > newest && Has(Touches, version) && !(remaining && Has(Reclaimed, version)))
            {
                newest = version;
            }
        }

        return newest;
    }
}
