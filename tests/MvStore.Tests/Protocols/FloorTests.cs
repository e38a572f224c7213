using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Floors, pins and reclamation (DESIGN 3, "Publication and snapshots" and "Reclamation"): commits at the versions 1 to 3 in any order, each
/// touching the key or not, fresh or late; a flusher; a collector that runs again and again and removes the key's entries one at a time; and
/// one reader of each kind: one with a pin, one without, one that resumes from a page token, one that steps back inside its snapshot. I7, I8.
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
    public void Floor_faults_are_caught(Reader reader, Fault fault, string rule)
        => Catches($"floor, reader {reader}", Make(reader, fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Reader reader, Fault fault)
    {
        int[] versions = [.. Enumerable.Range(1, Versions)];
        int[] lower = [.. Enumerable.Range(1, Versions - 1)];
        (int Version, bool Touches)[] commits = [.. versions.SelectMany(v => new[] { (v, true), (v, false) })];

        var spec = Spec.From(default(State))
            .Action("Announce", lower, (s, v) => s.Announced == 0 && s.SequenceOf(v) == 0 && v < s.Highest, (s, v) =>
                s with { Announced = (byte)v })
            .Action("Refuse", s => s.Announced != 0 && s.Announced <= s.Admission, s => s with { Announced = 0 })
            .Action("Begin", commits, (s, c) => s.MayBegin(c.Version, fault), (s, c) => s.Begin(c.Version, c.Touches))
            .Action("Publish", s => s.Published < s.Taken, s => s.Publish())
            .Action("Flush", s => s.Durable < s.Published, s => s with { Durable = (byte)(s.Durable + 1) })
            .Action("Admit", versions, (s, v) => s.Gc == Collector.Idle && v > s.Admission && v <= s.Candidate(fault), (s, v) =>
                s with { Gc = Collector.Admitted, Admission = (byte)v })
            .Action("Sweep again", s => s.Gc == Collector.Idle && s.Floor != 0, s => s with { Gc = Collector.Published });

        if (fault == Fault.StaleDurable)
        {
            spec = spec.Action("Load durable version", s => s.Gc == Collector.Idle, s => s with { Cap = (byte)s.DurableVersion });
        }

        spec = fault switch
        {
            Fault.PinsBeforeFloor => spec
                .Action("Store", s => s.Gc == Collector.Admitted, s => s with { Gc = Collector.Stored, Stored = s.Admission })
                .Action("Read pins", s => s.Gc == Collector.Stored, s => s.ReadPins() with { Gc = Collector.Published })
                .Action("Publish floor", s => s.Gc == Collector.Published, s => s with { Gc = Collector.Sweeping, Floor = s.Stored }),
            Fault.PublishFloorBeforeStoring => spec
                .Action("Publish floor", s => s.Gc == Collector.Admitted, s => s with { Gc = Collector.Stored, Floor = s.Admission })
                .Action("Store", s => s.Gc == Collector.Stored, s => s with { Gc = Collector.Published, Stored = s.Admission })
                .Action("Read pins", s => s.Gc == Collector.Published, s => s.ReadPins() with { Gc = Collector.Sweeping }),
            _ => spec
                .Action("Store", s => s.Gc == Collector.Admitted, s => s with { Gc = Collector.Stored, Stored = s.Admission })
                .Action("Publish floor", s => s.Gc == Collector.Stored, s => s with { Gc = Collector.Published, Floor = s.Stored })
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
            .Invariant("I7-ORDER", "Admission floor >= stored floor >= floor.", s => s.Admission >= s.Stored && s.Stored >= s.Floor)
            .Invariant("I7-SETTLED", "When the floor rises to F, every commit at or below F is published, and none will ever begin.", s =>
                Enumerable.Range(s.Published + 1, s.Taken - s.Published).All(sequence => s.Order[sequence] > s.Admission))
            .Invariant("I7-DURABLE", "A crash never leaves a floor above what recovery can show.", s => s.Stored <= s.DurableVersion)
            .Invariant("I7-VISIBLE", "Floor <= visible version.", s => s.Floor <= s.Visible)
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
                after.Floor >= before.Floor && after.Admission >= before.Admission && after.Stored >= before.Stored)
            .Reachable("RECLAIMED-UNDER-READER", "Something is reclaimed that an answered reader could have seen under an older floor.", s =>
                s.Reader == (reader == Reader.Pinned ? Step.Reading : Step.Answered) && s.Reclaimed != 0)
            .Terminal(_ => false);
    }

    private static Spec<State> Pinned(Spec<State> spec, int[] versions, Fault fault)
        => Capture(spec, versions, fault)
            .Action("Pin", s => s.Reader == Step.Captured, s => s with { Reader = Step.Pinned, HasPin = true })
            .Action("Recheck", s => s.Reader == Step.Pinned, s =>
                s.Floor == s.FloorAtOpen || fault == Fault.NoRecheck ? s with { Reader = Step.Reading } : s.WithoutReader())
            .Action("Close", s => s.Reader == Step.Reading, s => s.WithoutReader());

    private static Spec<State> Unpinned(Spec<State> spec, int[] versions, Fault fault)
        => Capture(spec, versions, fault)
            .Action("Read", s => s.Reader == Step.Captured, s => s with { Reader = Step.Read, Answer = s.Actual(s.At) })
            .Action("Validate", s => s.Reader == Step.Read, s =>
                s.Floor == s.FloorAtOpen || fault == Fault.NoRecheck ? s with { Reader = Step.Answered } : s.WithoutReader())
            .Action("Close", s => s.Reader == Step.Answered, s => s.WithoutReader());

    private static Spec<State> Capture(Spec<State> spec, int[] versions, Fault fault)
        => fault == Fault.CaptureBeforeFloor
            ? spec
                .Action("Load publication", s => s.Reader == Step.Idle, s => s with { Reader = Step.FloorLoaded, View = s.Published })
                .Action("Load floor", versions, (s, at) => s.Reader == Step.FloorLoaded && at >= s.Floor, (s, at) =>
                    s with { Reader = Step.Captured, FloorAtOpen = s.Floor, At = (byte)at })
            : spec
                .Action("Load floor", s => s.Reader == Step.Idle, s => s with { Reader = Step.FloorLoaded, FloorAtOpen = s.Floor })
                .Action("Load publication", versions, (s, at) => s.Reader == Step.FloorLoaded && at >= s.FloorAtOpen, (s, at) =>
                    s with { Reader = Step.Captured, At = (byte)at, View = s.Published });

    // The page that issues the token was read under a pin that passed the re-check: at that instant floor and publication belong together.
    private static Spec<State> Token(Spec<State> spec, int[] versions, Fault fault)
    {
        spec = spec.Action("Issue", versions, (s, at) => s.Reader == Step.Idle && at >= s.Floor, (s, at) =>
            s with { Reader = Step.Held, At = (byte)at, View = s.Published, VisibleAtOpen = s.Visible, FloorAtOpen = s.Floor });
        spec = fault == Fault.CheckBeforePin
            ? spec
                .Action("Load floor", s => s.Reader == Step.Held, s => s with { Reader = Step.FloorSeen, FloorNow = s.Floor })
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
            .Action("Open", versions, (s, at) => s.Reader == Step.Idle && at >= s.Floor, (s, at) => s with
            {
                Reader = Step.Reading,
                At = (byte)at,
                View = s.Published,
                VisibleAtOpen = s.Visible,
                FloorAtOpen = s.Floor,
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
                .Action("Load floor", s => s.Reader == Step.LateSeen, s => decide(s with { FloorNow = s.Floor }, s.LateSeen))
            : spec
                .Action("Load floor", s => s.Reader == from, s => s with { Reader = Step.FloorSeen, FloorNow = s.Floor })
                .Action("Load late", s => s.Reader == Step.FloorSeen, s => decide(s, s.LastLate));

    private readonly record struct State(
        Slots Order,
        byte Taken,
        byte Published,
        byte Durable,
        byte Touches,
        byte Late,
        byte LastLate,
        byte Visible,
        byte Announced,
        byte Admission,
        byte Stored,
        byte Floor,
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
        byte VisibleAtOpen,
        byte FloorNow,
        byte LateSeen,
        byte Below,
        byte Answer)
    {
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

        public bool MayBegin(int version, Fault fault)
            => SequenceOf(version) == 0
                && version > (fault == Fault.NoAdmissionFloor ? Floor : Admission)
                && (version > Highest || version == Announced);

        public State Begin(int version, bool touches)
        {
            var sequence = Taken + 1;
            return this with
            {
                Taken = (byte)sequence,
                Order = Order.With(sequence, version),
                Touches = touches ? With(Touches, version) : Touches,
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

        public int Candidate(Fault fault)
        {
            var candidate = (int)Visible;
            if (fault != Fault.FloorAboveDurable)
            {
                candidate = Math.Min(candidate, fault == Fault.StaleDurable ? Cap : DurableVersion);
            }

            if (fault != Fault.FloorAboveInFlight)
            {
                candidate = Math.Min(candidate, LowestInFlight - 1);
                candidate = Announced == 0 ? candidate : Math.Min(candidate, Announced - 1);
            }

            return candidate;
        }

        public State ReadPins() => HasPin ? this with { GcAt = At, GcView = View } : this;

        public bool MayGo(int version, Fault fault)
        {
            if (version > Stored || !Has(Touches, version) || Has(Reclaimed, version) || SequenceOf(version) == 0)
            {
                return false;
            }

            return version != Newest(Stored, 15, remaining: true)
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
            VisibleAtOpen = 0,
            FloorNow = 0,
            LateSeen = 0,
            Below = 0,
            Answer = 0,
        };

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
