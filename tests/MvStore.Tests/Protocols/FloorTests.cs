using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Floors, pins and reclamation (DESIGN 3, "Publication and snapshots" and "Reclamation"): commits at the versions 1 to 3 in any order, each
/// writing the key, dropping it or touching another one, fresh or late; a flusher; a collector that runs again and again, raises the floor of the
/// key's kind or not, brings drops into force, and removes the key's entries one at a time; and one reader of each kind: one with a pin, one
/// without, one that resumes from a page token, one that steps back inside its snapshot. I7, I8.
/// </summary>
public sealed class FloorTests(ITestOutputHelper output)
{
    private const int Versions = 3;

    public enum Reader
    {
        Pinned,
        Unpinned,
        Token,
        StepBack,
    }

    public enum Fault
    {
        None,
        CaptureBeforeFloor,
        NoRecheck,
        PinsBeforeFloor,
        NoAdmissionFloor,
        FloorAboveInFlight,
        FloorAboveDurable,
        StaleDurable,
        PublishFloorBeforeStoring,
        RuleIgnoresSequences,
        NoLateCondition,
        NoVisibleCondition,
        LateBeforeFloor,
        CheckBeforePin,
        CheckBeforeRead,
        FloorAlone,
        PublishKeyFloorBeforeStoring,
        KeyFloorAboveInFlight,
        KeyFloorAboveDurable,
        LateCommitIgnoresKeyFloor,
        RecheckIgnoresKeyFloor,
        ReaderIgnoresKeyFloor,
    }

    private enum Delta
    {
        Elsewhere,
        Set,
        Drop,
    }

    private enum Collector
    {
        Idle,
        Admitted,
        Stored,
        Published,
        Sweeping,
    }

    private enum Step
    {
        Idle,
        FloorLoaded,
        Captured,
        Pinned,
        Reading,
        Read,
        Held,
        Resumed,
        FloorSeen,
        LateSeen,
        Answered,
    }

    [Theory]
    [InlineData(Reader.Pinned)]
    [InlineData(Reader.Unpinned)]
    [InlineData(Reader.Token)]
    [InlineData(Reader.StepBack)]
    public void E1_reclamation_is_hidden_from(Reader reader)
        => Closes($"floor, reader {reader}", Make(reader, Fault.None), output);

    // The pin, or the read, comes before both loads, so their order does not matter. Proved, not assumed.
    [Theory]
    [InlineData(Reader.Token)]
    [InlineData(Reader.StepBack)]
    public void E1_reclamation_is_hidden_also_when_the_publication_is_loaded_before_the_floor(Reader reader)
        => Closes($"floor, reader {reader}, other order", Make(reader, Fault.LateBeforeFloor), output);

    [Theory]
    [InlineData(Reader.Pinned, Fault.CaptureBeforeFloor, "I8-HIDDEN")]
    [InlineData(Reader.Pinned, Fault.NoRecheck, "I8-HIDDEN")]
    [InlineData(Reader.Pinned, Fault.PinsBeforeFloor, "I8-HIDDEN")]
    [InlineData(Reader.Pinned, Fault.RuleIgnoresSequences, "I8-HIDDEN")]
    [InlineData(Reader.Pinned, Fault.NoAdmissionFloor, "I7-SETTLED")]
    [InlineData(Reader.Pinned, Fault.FloorAboveInFlight, "I7-SETTLED")]
    [InlineData(Reader.Pinned, Fault.FloorAboveDurable, "I7-DURABLE")]
    [InlineData(Reader.Pinned, Fault.StaleDurable, "I7-DURABLE")]
    [InlineData(Reader.Pinned, Fault.PublishFloorBeforeStoring, "I7-ORDER")]
    [InlineData(Reader.Unpinned, Fault.CaptureBeforeFloor, "I8-HIDDEN")]
    [InlineData(Reader.Unpinned, Fault.NoRecheck, "I8-HIDDEN")]
    [InlineData(Reader.Token, Fault.NoLateCondition, "I8-HIDDEN")]
    [InlineData(Reader.Token, Fault.NoVisibleCondition, "I8-HIDDEN")]
    [InlineData(Reader.Token, Fault.CheckBeforePin, "I8-HIDDEN")]
    [InlineData(Reader.StepBack, Fault.FloorAlone, "I8-HIDDEN")]
    [InlineData(Reader.StepBack, Fault.NoVisibleCondition, "I8-HIDDEN")]
    [InlineData(Reader.StepBack, Fault.NoLateCondition, "I8-HIDDEN")]
    [InlineData(Reader.StepBack, Fault.CheckBeforeRead, "I8-HIDDEN")]
    [InlineData(Reader.Pinned, Fault.PublishKeyFloorBeforeStoring, "I7-ORDER")]
    [InlineData(Reader.Pinned, Fault.KeyFloorAboveInFlight, "I7-SETTLED")]
    [InlineData(Reader.Pinned, Fault.KeyFloorAboveDurable, "I7-DURABLE")]
    [InlineData(Reader.Pinned, Fault.LateCommitIgnoresKeyFloor, "I7-SETTLED")]
    [InlineData(Reader.Pinned, Fault.RecheckIgnoresKeyFloor, "I8-HIDDEN")]
    [InlineData(Reader.Pinned, Fault.ReaderIgnoresKeyFloor, "I8-HIDDEN")]
    [InlineData(Reader.Unpinned, Fault.RecheckIgnoresKeyFloor, "I8-HIDDEN")]
    public void Floor_faults_are_caught(Reader reader, Fault fault, string rule)
        => Catches($"floor, reader {reader}", Make(reader, fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Reader reader, Fault fault)
    {
        int[] versions = [.. Enumerable.Range(1, Versions)];
        int[] lower = [.. Enumerable.Range(1, Versions - 1)];
        (int Version, Delta Delta)[] commits = [.. versions.SelectMany(v => Enum.GetValues<Delta>().Select(d => (v, d)))];
        int[] kinds = [0, .. versions];

        var spec = Spec.From(default(State))
            .Action("Announce", lower, (s, v) => s.Announced == 0 && s.SequenceOf(v) == 0 && v < s.Highest, (s, v) =>
                s with { Announced = (byte)v })
            .Action("Refuse", s => s.Announced != 0 && s.Announced <= s.Admission, s => s with { Announced = 0 })
            .Action("Begin", commits, (s, c) => s.MayBegin(c.Version, c.Delta, fault), (s, c) => s.Begin(c.Version, c.Delta))
            .Action("Publish", s => s.Published < s.Taken, s => s.Publish())
            .Action("Flush", s => s.Durable < s.Published, s => s with { Durable = (byte)(s.Durable + 1) })
            .Action("Admit", kinds, (s, v) => s.Gc == Collector.Idle && s.MayAdmit(v, fault), (s, v) => s.Admit(v, fault))
            .Action("Sweep again", s => s.Gc == Collector.Idle && s.InForce != 0, s => s with { Gc = Collector.Published });

        if (fault == Fault.StaleDurable)
        {
            spec = spec.Action("Load durable version", s => s.Gc == Collector.Idle, s => s with { Cap = (byte)s.DurableVersion });
        }

        spec = fault switch
        {
            Fault.PinsBeforeFloor => spec
                .Action("Store", s => s.Gc == Collector.Admitted, s => s.Store() with { Gc = Collector.Stored })
                .Action("Read pins", s => s.Gc == Collector.Stored, s => s.ReadPins() with { Gc = Collector.Published })
                .Action("Publish floor", s => s.Gc == Collector.Published, s => s.PublishFloor() with { Gc = Collector.Sweeping }),
            Fault.PublishFloorBeforeStoring => spec
                .Action("Publish floor", s => s.Gc == Collector.Admitted, s =>
                    s with { Gc = Collector.Stored, Floor = s.Admission, KeyFloor = s.KeyAdmission })
                .Action("Store", s => s.Gc == Collector.Stored, s => s.Store() with { Gc = Collector.Published })
                .Action("Read pins", s => s.Gc == Collector.Published, s => s.ReadPins() with { Gc = Collector.Sweeping }),
            Fault.PublishKeyFloorBeforeStoring => spec
                .Action("Publish floor of key", s => s.Gc == Collector.Admitted, s => s with { Gc = Collector.Stored, KeyFloor = s.KeyAdmission })
                .Action("Store", s => s.Gc == Collector.Stored, s => s.Store() with { Gc = Collector.Published })
                .Action("Publish floor", s => s.Gc == Collector.Published, s => s.PublishFloor().ReadPins() with { Gc = Collector.Sweeping }),
            _ => spec
                .Action("Store", s => s.Gc == Collector.Admitted, s => s.Store() with { Gc = Collector.Stored })
                .Action("Publish floor", s => s.Gc == Collector.Stored, s => s.PublishFloor() with { Gc = Collector.Published })
                .Action("Read pins", s => s.Gc == Collector.Published, s => s.ReadPins() with { Gc = Collector.Sweeping }),
        };

        spec = spec
            .Action("Reclaim", lower, (s, v) => s.Gc == Collector.Sweeping && s.MayGo(v, fault), (s, v) =>
                s with { Reclaimed = With(s.Reclaimed, v) })
            .Action("Sweep done", s => s.Gc == Collector.Sweeping, s => s with { Gc = Collector.Idle, GcAt = 0, GcView = 0 });

        spec = reader switch
        {
            Reader.Pinned => Pinned(spec, versions, fault),
            Reader.Unpinned => Unpinned(spec, versions, fault),
            Reader.Token => Token(spec, versions, fault),
            _ => StepBack(spec, versions, fault),
        };

        return spec
            .Invariant("I7-ORDER", "Admission floor >= stored floor >= floor, of the kind and of the key.", s =>
                s.Admission >= s.Stored && s.Stored >= s.Floor && s.Admitted >= s.OnDisk && s.OnDisk >= s.InForce)
            .Invariant("I7-SETTLED", "When a floor rises to F, every commit it concerns at or below F is published, and none will ever begin.", s =>
                Enumerable.Range(s.Published + 1, s.Taken - s.Published).All(sequence =>
                    s.Order[sequence] > (s.Concerns(s.Order[sequence]) ? s.Admitted : s.Admission)))
            .Invariant("I7-DURABLE", "A crash never leaves a floor above what recovery can show.", s =>
                s.Stored <= s.DurableVersion && s.OnDisk <= s.DurableVersionOfKey)
            .Invariant("I7-VISIBLE", "Floor <= visible version.", s => s.InForce <= s.Visible)
            .Invariant("I8-HIDDEN", "No view that passed the floor check, and no pin, can tell that something was reclaimed.", s =>
                reader switch
                {
                    Reader.Pinned => s.Reader != Step.Reading || s.Actual(s.At) == s.Expected(s.At),
                    Reader.Token => s.Reader != Step.Answered || s.Actual(s.At) == s.Expected(s.At),
                    Reader.Unpinned => s.Reader != Step.Answered || s.Answer == s.Expected(s.At),
                    _ => (s.Reader < Step.Reading || s.Actual(s.At) == s.Expected(s.At))
                        && (s.Reader != Step.Answered || s.Answer == s.Expected(s.Below)),
                })
            .Rule("I7-RISES", "Floors only rise.", (before, after) =>
                after.Floor >= before.Floor && after.Admission >= before.Admission && after.Stored >= before.Stored
                && after.InForce >= before.InForce && after.Admitted >= before.Admitted && after.OnDisk >= before.OnDisk)
            .Reachable("RECLAIMED-UNDER-READER", "Something is reclaimed that an answered reader could have seen under an older floor.", s =>
                s.Reader == (reader == Reader.Pinned ? Step.Reading : Step.Answered) && s.Reclaimed != 0)
            .Reachable("DROP-ALONE", "The key's floor is above that of its kind.", s => s.KeyFloor > s.Floor && s.Reclaimed != 0)
            .Reachable("DROP-PASSED", "The kind's floor has passed that of the key.", s => s.KeyFloor != 0 && s.KeyStored == 0)
            .Terminal(_ => false);
    }

    private static Spec<State> Pinned(Spec<State> spec, int[] versions, Fault fault)
        => Capture(spec, versions, fault)
            .Action("Pin", s => s.Reader == Step.Captured, s => s with { Reader = Step.Pinned, HasPin = true })
            .Action("Recheck", s => s.Reader == Step.Pinned, s =>
                s.IsUnmoved(fault) ? s with { Reader = Step.Reading } : s.WithoutReader())
            .Action("Close", s => s.Reader == Step.Reading, s => s.WithoutReader());

    private static Spec<State> Unpinned(Spec<State> spec, int[] versions, Fault fault)
        => Capture(spec, versions, fault)
            .Action("Read", s => s.Reader == Step.Captured, s => s with { Reader = Step.Read, Answer = s.Actual(s.At) })
            .Action("Validate", s => s.Reader == Step.Read, s =>
                s.IsUnmoved(fault) ? s with { Reader = Step.Answered } : s.WithoutReader())
            .Action("Close", s => s.Reader == Step.Answered, s => s.WithoutReader());

    private static Spec<State> Capture(Spec<State> spec, int[] versions, Fault fault)
        => fault == Fault.CaptureBeforeFloor
            ? spec
                .Action("Load publication", s => s.Reader == Step.Idle, s => s with { Reader = Step.FloorLoaded, View = s.Published })
                .Action("Load floor", versions, (s, at) => s.Reader == Step.FloorLoaded && at >= s.InForce, (s, at) =>
                    s with { Reader = Step.Captured, FloorAtOpen = s.InForce, At = (byte)at })
            : spec
                .Action("Load floor", s => s.Reader == Step.Idle, s => s.LoadFloor(fault) with { Reader = Step.FloorLoaded })
                .Action("Load publication", versions, (s, at) => s.Reader == Step.FloorLoaded && at >= s.FloorAtOpen, (s, at) =>
                    s with { Reader = Step.Captured, At = (byte)at, View = s.Published });

    // The page that issues the token was read under a pin that passed the re-check: at that instant floor and publication belong together.
    private static Spec<State> Token(Spec<State> spec, int[] versions, Fault fault)
    {
        spec = spec.Action("Issue", versions, (s, at) => s.Reader == Step.Idle && at >= s.InForce, (s, at) =>
            s with { Reader = Step.Held, At = (byte)at, View = s.Published, VisibleAtOpen = s.Visible, FloorAtOpen = s.InForce });
        spec = fault == Fault.CheckBeforePin
            ? spec
                .Action("Load floor", s => s.Reader == Step.Held, s => s with { Reader = Step.FloorSeen, FloorNow = s.InForce })
                .Action("Load late", s => s.Reader == Step.FloorSeen, s => s.Accepts(s.At, s.LastLate, fault)
                    ? s with { Reader = Step.LateSeen }
                    : s.WithoutReader())
                .Action("Pin", s => s.Reader == Step.LateSeen, s => s with { Reader = Step.Answered, HasPin = true })
            : LoadBoth(
                spec.Action("Resume", s => s.Reader == Step.Held, s => s with { Reader = Step.Resumed, HasPin = true }),
                Step.Resumed,
                (s, late) => s.Accepts(s.At, late, fault) ? s with { Reader = Step.Answered } : s.WithoutReader(),
                fault);
        return spec.Action("Close", s => s.Reader == Step.Answered, s => s.WithoutReader());
    }

    // A snapshot pins what it sees at its own version only. Below it, the read is checked afterwards, like a page token.
    private static Spec<State> StepBack(Spec<State> spec, int[] versions, Fault fault)
    {
        spec = spec
            .Action("Open", versions, (s, at) => s.Reader == Step.Idle && at >= s.InForce, (s, at) => s with
            {
                Reader = Step.Reading,
                At = (byte)at,
                View = s.Published,
                VisibleAtOpen = s.Visible,
                FloorAtOpen = s.InForce,
                HasPin = true,
            })
            .Action("Step back", versions[..^1], (s, below) => s.Reader == Step.Reading && below < s.At, (s, below) =>
                s with { Reader = Step.Read, Below = (byte)below, Answer = s.Actual(below) })
            .Action("Step back again", s => s.Reader == Step.Answered, s => s.BackToReading())
            .Action("Close", s => s.Reader == Step.Reading, s => s.WithoutReader());
        return fault == Fault.CheckBeforeRead
            ? LoadBoth(
                    spec,
                    Step.Read,
                    (s, late) => s.Accepts(s.Below, late, fault) ? s with { Reader = Step.Resumed } : s.BackToReading(),
                    fault)
                .Action("Read late", s => s.Reader == Step.Resumed, s => s with { Reader = Step.Answered, Answer = s.Actual(s.Below) })
            : LoadBoth(
                spec,
                Step.Read,
                (s, late) => s.Accepts(s.Below, late, fault) ? s with { Reader = Step.Answered } : s.BackToReading(),
                fault);
    }

    private static Spec<State> LoadBoth(Spec<State> spec, Step from, Func<State, int, State> decide, Fault fault)
        => fault == Fault.LateBeforeFloor
            ? spec
                .Action("Load late", s => s.Reader == from, s => s with { Reader = Step.LateSeen, LateSeen = s.LastLate })
                .Action("Load floor", s => s.Reader == Step.LateSeen, s => decide(s with { FloorNow = s.InForce }, s.LateSeen))
            : spec
                .Action("Load floor", s => s.Reader == from, s => s with { Reader = Step.FloorSeen, FloorNow = s.InForce })
                .Action("Load late", s => s.Reader == Step.FloorSeen, s => decide(s, s.LastLate));

    private readonly record struct State(
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
        Collector Gc,
        byte GcAt,
        byte GcView,
        Step Reader,
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

        public bool MayBegin(int version, Delta delta, Fault fault)
        {
            var floor = fault == Fault.NoAdmissionFloor ? Floor : Admission;
            if (delta != Delta.Elsewhere && fault != Fault.LateCommitIgnoresKeyFloor)
            {
                floor = Math.Max(floor, fault == Fault.NoAdmissionFloor ? KeyFloor : KeyAdmission);
            }

            return SequenceOf(version) == 0 && version > floor && (version > Highest || version == Announced);
        }

        public State Begin(int version, Delta delta)
        {
            var sequence = Taken + 1;
            return this with
            {
                Taken = (byte)sequence,
                Order = Order.With(sequence, version),
                Touches = delta == Delta.Set ? With(Touches, version) : Touches,
                Drops = delta == Delta.Drop ? With(Drops, version) : Drops,
                Late = version < Highest ? With(Late, sequence) : Late,
                Announced = version == Announced ? (byte)0 : Announced,
            };
        }

        public State Publish()
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

        public int Candidate(bool belowInFlight, bool belowDurable, Fault fault)
        {
            var candidate = (int)Visible;
            if (belowDurable)
            {
                candidate = Math.Min(candidate, fault == Fault.StaleDurable ? Cap : DurableVersion);
            }

            if (belowInFlight)
            {
                candidate = Math.Min(candidate, LowestInFlight - 1);
                candidate = Announced == 0 ? candidate : Math.Min(candidate, Announced - 1);
            }

            return candidate;
        }

        /// <summary>Whether something rises: the floor of the kind to a version, or only that of the key, for 0.</summary>
        public bool MayAdmit(int version, Fault fault)
        {
            var candidate = Candidate(fault != Fault.FloorAboveInFlight, fault != Fault.FloorAboveDurable, fault);
            return version == 0 ? DropInForce(fault) > Admitted : version > Admission && version <= candidate;
        }

        public State Admit(int version, Fault fault)
        {
            var kind = version == 0 ? Admission : (byte)version;
            var key = Math.Max(KeyAdmission, DropInForce(fault));
            return this with { Gc = Collector.Admitted, Admission = kind, KeyAdmission = key > kind ? key : (byte)0 };
        }

        /// <summary>Stores the floors; with them, drops that are on disk and settled are forgotten.</summary>
        public State Store()
        {
            var drops = Drops;
            for (var version = 1; version <= Admitted; version++)
            {
                drops = SequenceOf(version) is var sequence && sequence != 0 && sequence <= Durable ? Without(drops, version) : drops;
            }

            return this with { Stored = Admission, KeyStored = KeyAdmission, Drops = drops };
        }

        public State PublishFloor() => this with { Floor = Stored, KeyFloor = KeyStored };

        public State ReadPins() => HasPin ? this with { GcAt = At, GcView = View } : this;

        public State LoadFloor(Fault fault)
            => this with
            {
                FloorAtOpen = fault == Fault.ReaderIgnoresKeyFloor ? Floor : InForce,
                KindAtOpen = fault == Fault.RecheckIgnoresKeyFloor ? Floor : (byte)0,
            };

        public bool IsUnmoved(Fault fault) => fault switch
        {
            Fault.NoRecheck => true,
            Fault.RecheckIgnoresKeyFloor => Floor == KindAtOpen,
            Fault.ReaderIgnoresKeyFloor => Floor == FloorAtOpen,
            _ => InForce == FloorAtOpen,
        };

        public bool MayGo(int version, Fault fault)
        {
            if (version > OnDisk || !Has(Touches, version) || Has(Reclaimed, version) || SequenceOf(version) == 0)
            {
                return false;
            }

            return version != Newest(OnDisk, 15, remaining: true)
                && version != Newest(GcAt, fault == Fault.RuleIgnoresSequences ? 15 : GcView, remaining: true);
        }

        public int Expected(int at) => Newest(at, View, remaining: false);

        public byte Actual(int at) => (byte)Newest(at, View, remaining: true);

        public bool Accepts(int at, int late, Fault fault)
            => FloorNow <= at
                && (fault == Fault.FloorAlone
                    || FloorNow == FloorAtOpen
                    || ((FloorNow <= VisibleAtOpen || fault == Fault.NoVisibleCondition)
                        && (late <= View || fault == Fault.NoLateCondition)));

        public State BackToReading() => this with { Reader = Step.Reading, FloorNow = 0, LateSeen = 0, Below = 0, Answer = 0 };

        public State WithoutReader() => this with
        {
            Reader = Step.Idle,
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
        private byte DropInForce(Fault fault)
        {
            var candidate = Candidate(
                fault is not (Fault.FloorAboveInFlight or Fault.KeyFloorAboveInFlight),
                fault is not (Fault.FloorAboveDurable or Fault.KeyFloorAboveDurable),
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
}
