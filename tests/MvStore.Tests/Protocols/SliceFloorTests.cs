using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Floors that rise with a slice (DESIGN 3, "What is not written at all"): commits to one key at the versions 1 to 3 in any order, fresh or late; a flusher that prepares a floor
/// or not, leaves out what the rule lets go, and writes slice and floor at once, in place of what it lets go of what was newest on disk; eviction; a collector that raises floors on its own and removes entries one at a
/// time from memory and disk; one reader, with a pin or without. Every state is also a crash: what is on disk there is what reopening finds. I35 to I38.
/// </summary>
public sealed class SliceFloorTests(ITestOutputHelper output)
{
    private const int Versions = 3;

    public enum Reader
    {
        Pinned,
        Unpinned,
    }

    public enum Fault
    {
        None,
        PinsBeforeFloor,
        ReadersAreToldLater,
        ForgetsPins,
        RuleIgnoresSequences,
        LeavesOutTheNewest,
        FloorBeforeSlice,
        FloorAfterSlice,
        IgnoresWhatWaitsBehind,
        IgnoresInFlight,
        AdmitsBelow,
        CollectorRaisesMeanwhile,
        CollectorGoesByPrepared,
        ReplacesWhatPinsSee,
        ReplacesAboveTheFloor,
    }

    private enum Flusher
    {
        Idle,
        Taken,
        Admitted,
        Told,
        Ready,
        Written,
        Moved,
    }

    private enum Step
    {
        Idle,
        FloorLoaded,
        Captured,
        Pinned,
        Reading,
        Read,
        Answered,
    }

    [Theory]
    [InlineData(Reader.Pinned)]
    [InlineData(Reader.Unpinned)]
    public void E1_what_is_left_out_of_a_slice_is_missed_by_no_reader_and_by_no_crash(Reader reader)
        => Closes($"slice and floor, reader {reader}", Make(reader, Fault.None), output);

    [Theory]
    [InlineData(Reader.Pinned, Fault.PinsBeforeFloor, "I36-HIDDEN")]
    [InlineData(Reader.Pinned, Fault.ReadersAreToldLater, "I36-HIDDEN")]
    [InlineData(Reader.Unpinned, Fault.ReadersAreToldLater, "I36-HIDDEN")]
    [InlineData(Reader.Pinned, Fault.ForgetsPins, "I36-HIDDEN")]
    [InlineData(Reader.Pinned, Fault.RuleIgnoresSequences, "I36-HIDDEN")]
    [InlineData(Reader.Pinned, Fault.LeavesOutTheNewest, "I37-CRASH")]
    [InlineData(Reader.Pinned, Fault.FloorBeforeSlice, "I37-DURABLE")]
    [InlineData(Reader.Pinned, Fault.FloorAfterSlice, "I37-CRASH")]
    [InlineData(Reader.Pinned, Fault.IgnoresWhatWaitsBehind, "I37-DURABLE")]
    [InlineData(Reader.Pinned, Fault.IgnoresInFlight, "I35-SETTLED")]
    [InlineData(Reader.Pinned, Fault.AdmitsBelow, "I35-SETTLED")]
    [InlineData(Reader.Pinned, Fault.CollectorRaisesMeanwhile, "I37-DURABLE")]
    [InlineData(Reader.Pinned, Fault.CollectorGoesByPrepared, "I37-CRASH")]
    [InlineData(Reader.Pinned, Fault.ReplacesWhatPinsSee, "I36-HIDDEN")]
    [InlineData(Reader.Pinned, Fault.ReplacesAboveTheFloor, "I37-CRASH")]
    public void Slice_floor_faults_are_caught(Reader reader, Fault fault, string rule)
        => Catches($"slice and floor, reader {reader}", Make(reader, fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Reader reader, Fault fault)
    {
        int[] versions = [.. Enumerable.Range(1, Versions)];
        int[] lower = versions[..^1];
        var spec = Spec.From(default(State))
            .Action("Announce", lower, (s, v) => s.Announced == 0 && s.SequenceOf(v) == 0 && v < s.Highest && v > s.AdmittedFrom(fault), (s, v) =>
                s with { Announced = (byte)v })
            .Action("Begin", versions, (s, v) => s.SequenceOf(v) == 0 && (v == s.Announced || (v > s.Highest && v > s.AdmittedFrom(fault))), (s, v) => s.Begin(v))
            .Action("Publish", s => s.Published < s.Taken, s => s.Publish())
            .Action("Take", versions, (s, n) => s.Flusher == Flusher.Idle && s.Durable + n <= s.Published, (s, n) =>
                s with { Flusher = Flusher.Taken, SliceEnd = (byte)(s.Durable + n) })
            .Action("Prepare", versions, (s, v) => s.Flusher == Flusher.Taken && v > s.Admission && v <= s.CandidateOfSlice(fault), (s, v) =>
                (fault == Fault.PinsBeforeFloor ? s.ReadPins(fault) : s) with { Flusher = Flusher.Admitted, Admission = (byte)v, IsPrepared = true })
            .Action("Tell readers", s => s.Flusher == Flusher.Admitted, s => (fault == Fault.FloorBeforeSlice ? s with { Stored = s.Admission } : s) with
            {
                Flusher = Flusher.Told,
                Floor = fault == Fault.ReadersAreToldLater ? s.Floor : s.Admission,
            })
            .Action("Leave out", s => s.Flusher == Flusher.Told, s => s.LeaveOut(fault))
            .Action("Write", s => s.Flusher is Flusher.Taken or Flusher.Ready, s => s.Write(fault))
            .Action("Move mark", s => s.Flusher == Flusher.Written, s => s with { Flusher = Flusher.Moved, Durable = s.SliceEnd })
            .Action("Confirm", s => s.Flusher == Flusher.Moved, s => s.Confirm())
            .Action("Evict", versions, (s, v) => s.SequenceOf(v) is var q && q != 0 && q <= s.Durable && v <= s.Visible && !Has(s.OutOfMemory, v), (s, v) =>
                s with { OutOfMemory = With(s.OutOfMemory, v) })
            .Action("Raise alone", versions, (s, v) => s.MayRaise(v, fault), (s, v) => s.RaiseAlone(v))
            .Action("Reclaim from memory", lower, (s, v) => s.MayGo(v, s.InMemory, fault), (s, v) => s with { OutOfMemory = With(s.OutOfMemory, v) })
            .Action("Reclaim from disk", lower, (s, v) => s.MayGo(v, s.Disk, fault), (s, v) => s with { Disk = Without(s.Disk, v) })
            .Action("Load floor", s => s.Reader == Step.Idle, s => s with { Reader = Step.FloorLoaded, FloorAtOpen = s.Floor })
            .Action("Load publication", versions, (s, at) => s.Reader == Step.FloorLoaded && at >= s.FloorAtOpen, (s, at) =>
                s with { Reader = Step.Captured, At = (byte)at, View = s.Published });
        spec = reader == Reader.Pinned
            ? spec
                .Action("Pin", s => s.Reader == Step.Captured, s => s with { Reader = Step.Pinned, HasPin = true })
                .Action("Recheck", s => s.Reader == Step.Pinned, s => s.Floor == s.FloorAtOpen ? s with { Reader = Step.Reading } : s.WithoutReader())
                .Action("Close", s => s.Reader == Step.Reading, s => s.WithoutReader())
            : spec
                .Action("Read", s => s.Reader == Step.Captured, s => s with { Reader = Step.Read, Answer = s.Actual() })
                .Action("Validate", s => s.Reader == Step.Read, s => s.Floor == s.FloorAtOpen ? s with { Reader = Step.Answered } : s.WithoutReader())
                .Action("Close", s => s.Reader == Step.Answered, s => s.WithoutReader());
        spec = reader == Reader.Unpinned
            ? spec
            : spec.Reachable("KEPT-FOR-A-PIN", "Something at or below the floor is written because a pin sees it.", s =>
                s.HasPin && s.Flusher == Flusher.Written && s.IsPrepared && s.At < s.Stored
                && s.NewestOnDisk(s.At) != 0 && s.NewestOnDisk(s.Stored) != s.NewestOnDisk(s.At));
        return spec
            .Invariant("I35-ORDER", "Admission floor >= floor >= stored floor >= what reclamation goes by.", s =>
                fault is Fault.ReadersAreToldLater or Fault.FloorBeforeSlice || (s.Admission >= s.Floor && s.Floor >= s.Stored && s.Stored >= s.Known))
            .Invariant("I35-SETTLED", "Every commit at or below the admission floor is published, and none will ever begin.", s =>
                Enumerable.Range(s.Published + 1, s.Taken - s.Published).All(sequence => s.Order[sequence] > s.Admission))
            .Invariant("I37-DURABLE", "A crash never leaves a floor above what recovery can show.", s => s.Stored <= s.DurableVersion(s.MarkOnDisk))
            .Invariant("I37-CRASH", "What a crash leaves answers at its floor, and above, as the publications up to its mark.", s =>
                versions.All(at => at < s.Stored || s.NewestOnDisk(at) == s.Newest(at, s.MarkOnDisk)))
            .Invariant("I36-HIDDEN", "No view that passed the floor check, and no pin, can tell that something was left out.", s =>
                s.Reader == Step.Reading ? s.Actual() == s.Newest(s.At, s.View)
                : s.Reader != Step.Answered || s.Answer == s.Newest(s.At, s.View))
            .Rule("I7-RISES", "Floors only rise.", (before, after) =>
                after.Floor >= before.Floor && after.Admission >= before.Admission && after.Stored >= before.Stored && after.Known >= before.Known)
            .Reachable("REPLACED", "What was on disk went with a slice, and nobody but the flusher took it.", s =>
                s.Flusher == Flusher.Written && s.IsPrepared && versions.Any(v =>
                    s.SequenceOf(v) is var q && q != 0 && q <= s.Durable && !Has(s.Disk, v) && !Has(s.NeverWritten, v) && s.Known == 0))
            .Reachable("LEFT-OUT", "Something is on disk nowhere, and out of memory.", s =>
                s.Flusher == Flusher.Idle && versions.Any(v => Has(s.OutOfMemory, v) && Has(s.NeverWritten, v)))
            .Terminal(_ => false);
    }

    private readonly record struct State(
        Slots Order,
        byte Taken,
        byte Published,
        byte Durable,
        byte Visible,
        byte Announced,
        byte Admission,
        byte Floor,
        byte Stored,
        byte Known,
        byte Disk,
        byte MarkOnDisk,
        byte OutOfMemory,
        byte NeverWritten,
        Flusher Flusher,
        byte SliceEnd,
        bool IsPrepared,
        byte SeenPinAt,
        byte SeenPinView,
        byte LeftOut,
        Step Reader,
        bool HasPin,
        byte At,
        byte View,
        byte FloorAtOpen,
        byte Answer)
    {
        public int Highest => Enumerate(1, Published).DefaultIfEmpty(0).Max();

        public byte InMemory
        {
            get
            {
                byte mask = 0;
                foreach (var version in Enumerate(1, Taken))
                {
                    mask = Has(OutOfMemory, version) ? mask : With(mask, version);
                }

                return mask;
            }
        }

        private int LowestInFlight => Enumerate(Published + 1, Taken).DefaultIfEmpty(15).Min();

        public int AdmittedFrom(Fault fault) => fault == Fault.AdmitsBelow ? Stored : Admission;

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

        public State Begin(int version) => this with
        {
            Taken = (byte)(Taken + 1),
            Order = Order.With(Taken + 1, version),
            Announced = version == Announced ? (byte)0 : Announced,
        };

        public State Publish()
        {
            var after = this with { Published = (byte)(Published + 1) };
            var lowest = after.LowestInFlight;
            return after with { Visible = (byte)Math.Max(Visible, after.Enumerate(1, after.Published).Where(v => v < lowest).DefaultIfEmpty(0).Max()) };
        }

        public int DurableVersion(int mark)
            => Math.Min(Enumerate(1, mark).DefaultIfEmpty(0).Max(), Enumerate(mark + 1, Published).DefaultIfEmpty(15).Min() - 1);

        public int CandidateOfSlice(Fault fault)
        {
            var durable = fault == Fault.IgnoresWhatWaitsBehind ? Enumerate(1, SliceEnd).Max() : DurableVersion(SliceEnd);
            return Math.Min(durable, Settled(fault));
        }

        public State ReadPins(Fault fault) => HasPin && fault != Fault.ForgetsPins ? this with { SeenPinAt = At, SeenPinView = View } : this;

        public State LeaveOut(Fault fault)
        {
            var seen = fault == Fault.PinsBeforeFloor ? this : ReadPins(fault);
            var admission = Admission;
            byte leftOut = 0;
            foreach (var version in Enumerate(Durable + 1, SliceEnd))
            {
                var above = Enumerate(Durable + 1, SliceEnd).Any(v => v > version && v <= admission) || fault == Fault.LeavesOutTheNewest;
                var isSeen = version == seen.Seen(Durable + 1, fault);
                leftOut = version <= Admission && above && !isSeen ? With(leftOut, version) : leftOut;
            }

            return seen with { Flusher = Flusher.Ready, LeftOut = leftOut };
        }

        public State Write(Fault fault)
        {
            var disk = Disk;
            var never = NeverWritten;
            foreach (var version in Enumerate(Durable + 1, SliceEnd))
            {
                disk = Has(LeftOut, version) ? disk : With(disk, version);
                never = Has(LeftOut, version) ? With(never, version) : never;
            }

            return this with
            {
                Flusher = Flusher.Written,
                Disk = IsReplaced(disk, fault) ? Without(disk, NewestOf(Disk, 15, 15)) : disk,
                NeverWritten = never,
                MarkOnDisk = SliceEnd,
                Stored = IsPrepared && fault != Fault.FloorAfterSlice ? Admission : Stored,
            };
        }

        public State Confirm() => this with
        {
            Flusher = Flusher.Idle,
            SliceEnd = 0,
            Floor = IsPrepared ? Admission : Floor,
            Stored = IsPrepared ? Admission : Stored,
            Known = IsPrepared ? Admission : Known,
            IsPrepared = false,
            SeenPinAt = 0,
            SeenPinView = 0,
            LeftOut = 0,
        };

        public bool MayRaise(int version, Fault fault)
            => (fault == Fault.CollectorRaisesMeanwhile ? version >= Admission : !IsPrepared && version > Admission)
                && version > Stored
                && (version <= Math.Min(DurableVersion(Durable), Settled(fault)) || (version == Admission && IsPrepared));

        // Its own steps are the matter of another model; here they are one.
        public State RaiseAlone(int version) => this with { Admission = (byte)version, Floor = (byte)version, Stored = (byte)version, Known = (byte)version };

        // The pins are those of now: that they may be read earlier, but after the floor was published, is the matter of another model.
        public bool MayGo(int version, byte tier, Fault fault)
        {
            var floor = fault == Fault.CollectorGoesByPrepared ? Floor : Known;
            if (version > floor || !Has(tier, version) || version == NewestOf(tier, floor, 15))
            {
                return false;
            }

            return !HasPin || version != NewestOf(tier, At, View);
        }

        public int NewestOnDisk(int at) => NewestOf(Disk, at, 15);

        /// <summary>What the publications up to one say.</summary>
        public int Newest(int at, int view) => Enumerate(1, Math.Min(view, Taken)).Where(v => v <= at).DefaultIfEmpty(0).Max();

        public byte Actual() => (byte)NewestOf((byte)(InMemory | Disk), At, View);

        public State WithoutReader() => this with { Reader = Step.Idle, HasPin = false, At = 0, View = 0, FloorAtOpen = 0, Answer = 0 };

        private int Settled(Fault fault)
        {
            var settled = (int)Visible;
            if (fault != Fault.IgnoresInFlight)
            {
                settled = Math.Min(settled, LowestInFlight - 1);
                settled = Announced == 0 ? settled : Math.Min(settled, Announced - 1);
            }

            return settled;
        }

        // Whether what was newest on disk goes with the slice: a rule on it and what is written, with the floors and pins of the slice.
        private bool IsReplaced(byte written, Fault fault)
        {
            var newest = NewestOf(Disk, 15, 15);
            var floor = fault == Fault.ReplacesAboveTheFloor ? 15 : Admission;
            var isHidden = newest < NewestOf(written, floor, 15) && newest != 0;
            var isSeen = fault != Fault.ReplacesWhatPinsSee && newest == NewestOf(written, SeenPinAt, SeenPinView);
            return isHidden && !isSeen && (IsPrepared || fault == Fault.ReplacesAboveTheFloor);
        }

        // What the pin that was read sees of the slice.
        private int Seen(int first, Fault fault)
        {
            var last = fault == Fault.RuleIgnoresSequences ? SliceEnd : Math.Min(SliceEnd, SeenPinView);
            var at = SeenPinAt;
            return Enumerate(first, last).Where(v => v <= at).DefaultIfEmpty(0).Max();
        }

        private int NewestOf(byte mask, int at, int view)
        {
            var newest = 0;
            for (var sequence = 1; sequence <= Taken && sequence <= view; sequence++)
            {
                var version = Order[sequence];
                newest = version <= at && version > newest && Has(mask, version) ? version : newest;
            }

            return newest;
        }

        // The versions of some publications.
        private IEnumerable<int> Enumerate(int first, int last)
        {
            var order = Order;
            return Enumerable.Range(first, Math.Max(0, last - first + 1)).Select(sequence => order[sequence]);
        }
    }
}
