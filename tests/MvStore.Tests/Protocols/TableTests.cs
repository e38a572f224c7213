using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The point index (RecordTable) in small: segments of two buckets with two slots each, three keys that all have their home in bucket 1, so that the third
/// goes round to bucket 0. Writers add, replace, remove and rebuild, one at a time; a reader looks for key A, loading slot by slot, each twice, in any order
/// within a bucket. What is taken out is freed as soon as a reader that was there at the time is gone; a segment that is freed is full of rubbish.
/// The two other keys need no names: nobody looks for them.
/// </summary>
public sealed class TableTests(ITestOutputHelper output)
{
    private const int Home = 1;
    private static readonly int[] Pair = [0, 1];

    // Where another key can stand; place 1 stays never-used, since three of four slots are the most.
    private static readonly int[] Places = [0, 2, 3];

    public enum Fault
    {
        None,
        FirstFreeSlot,
        AlwaysNeverUsed,
        MovesBack,
        RemovesByKey,
        PublishesBeforeFilling,
        CopiesUnlocked,
        FreesSegmentAtOnce,
        FreesRecordAtOnce,
    }

    // A record of key A: where it is in its life.
    private enum Life
    {
        None,
        Live,
        Marked,
        Replaced,
        Retired,
    }

    private enum Step
    {
        Idle,
        Entered,
        Matching,
        Following,
        Ending,
        Done,
    }

    [Fact]
    public void A_reader_finds_what_stays_and_touches_nothing_that_is_freed()
        => Closes("table", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.FirstFreeSlot, "ONCE")]
    [InlineData(Fault.AlwaysNeverUsed, "ONCE")]
    [InlineData(Fault.MovesBack, "FOUND")]
    [InlineData(Fault.RemovesByKey, "FOUND")]
    [InlineData(Fault.PublishesBeforeFilling, "FOUND")]
    [InlineData(Fault.CopiesUnlocked, "FOUND")]
    [InlineData(Fault.FreesSegmentAtOnce, "ALIVE")]
    [InlineData(Fault.FreesRecordAtOnce, "ALIVE")]
    public void Table_faults_are_caught(Fault fault, string rule)
        => Catches("table", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(State.Initial)
            .Action("Add another key", s => s.MayWrite(fault) && s.Places(State.Other) < 2 && s.HasRoomFor(State.Other, fault), s => s.Put(State.Other, fault))
            .Action("Remove another key", Places, (s, p) => s.MayWrite(Fault.None) && s.HoldsAt(p, State.Other), (s, p) => s.TakeOut(p, fault))
            .Action("Add A", Pair, (s, r) => s.MayWrite(fault) && s.LifeOf(r) == Life.None && s.LifeOf(1 - r) != Life.Live && s.HasRoomFor(State.A + r, fault),
                (s, r) => s.AddA(r, fault))
            .Action("Add A again", Pair, (s, r) => s.MayWrite(Fault.None) && s.LifeOf(r) == Life.Live && s.HasRoomFor(State.A + r, fault), (s, r) =>
                s.Put(State.A + r, fault))
            .Action("Mark A removed", Pair, (s, r) => s.LifeOf(r) == Life.Live, (s, r) => s.To(r, Life.Marked) with { Stable = false })
            .Action("Remove A", Pair, (s, r) => s.MayWrite(Fault.None) && s.LifeOf(r) is Life.Marked or Life.Replaced, (s, r) => s.RemoveA(r, fault))
            .Action("Begin to rebuild", s => s.Current != State.NoSegment && s.Copied == 0 && s.Spare != State.NoSegment, s => s.BeginRebuild(fault))
            .Action("Copy a slot", s => s.Copied is > 0 and <= State.Capacity, s => s.CopySlot(fault))
            .Action("Publish", s => s.Copied > State.Capacity, s => s.EndRebuild(fault))
            .Action("Reader: enter", s => s.Reader == Step.Idle, s => s with { Reader = Step.Entered, Stable = s.HasLiveA })
            .Action("Reader: segment", s => s.Reader == Step.Entered, s => s with
            {
                Reader = s.Current == State.NoSegment ? Step.Done : Step.Matching,
                Segment = s.Current,
                Bucket = Home,
            })
            .Action("Reader: compare slot", Pair, (s, i) => s.Reader == Step.Matching && !Has(s.Loaded, i), (s, i) => s.Compare(i))
            .Action("Reader: follow", s => s.Reader == Step.Following, s => s.Follow())
            .Action("Reader: does the probe end", Pair, (s, i) => s.Reader == Step.Ending && !Has(s.Loaded, i), (s, i) => s.LookForEnd(i))
            .Action("Reader: leave", s => s.Reader == Step.Done, s => s.Leave())
            .Invariant("ONCE", "A key is in one slot at most.", s => s.Places(State.A) + s.Places(State.A + 1) <= 1)
            .Invariant("FOUND", "A key that is in the table all the time is found.", s => s.Reader != Step.Done || !s.Stable || s.Result != 0)
            .Invariant("ALIVE", "A reader touches no segment and no record that was freed.", s =>
                !s.TouchedFreed && (s.Reader != Step.Done || s.Result == 0 || s.LifeOf(s.Result - State.A) != Life.None))
            .Reachable("ROUND", "A stands in a bucket that is not its home.", s => s.Current != State.NoSegment && s.BucketHolds(s.Current, 1 - Home, State.A))
            .Reachable("FAR-READER", "A reader finds A there.", s => s.Reader == Step.Done && s.Result != 0 && s.Bucket != Home && s.Stable)
            .Reachable("REPLACED", "A record is replaced before it is taken out.", s => s.LifeOf(0) == Life.Replaced && s.LifeOf(1) == Life.Live)
            .Reachable("OLD-SEGMENT", "A reader finds A in a segment that is retired.", s =>
                s.Reader == Step.Done && s.Result != 0 && s.Segment != s.Current && s.Stable)
            .Reachable("NOTHING", "The segment was given up.", s => s.Current == State.NoSegment && s.Retired != 0 && s.Reader == Step.Matching)
            .Terminal(_ => false);

    private readonly record struct State(
        Slots Words,
        byte Current,
        byte Retired,
        byte Copied,
        Slots Lives,
        Step Reader,
        byte Segment,
        byte Bucket,
        byte Loaded,
        byte Matches,
        bool SawEnd,
        byte Result,
        bool Stable,
        bool TouchedFreed)
    {
        public const int Capacity = 4;
        public const int NoSegment = 2;
        public const int Other = 2; // A record of another key.
        public const int A = 4; // The words 4 and 5: two records of key A.
        private const int NeverUsed = 0;
        private const int Tombstone = 1;
        private const int Rubbish = 15;
        private const int Limit = 3;

        public static State Initial => default(State) with { Current = NoSegment, Words = new Slots(ulong.MaxValue) };

        // A segment that is neither published nor waiting to be freed.
        public byte Spare => (byte)(Current != 0 && !Has(Retired, 0) ? 0 : Current != 1 && !Has(Retired, 1) ? 1 : NoSegment);

        public bool HasLiveA => LifeOf(0) == Life.Live || LifeOf(1) == Life.Live;

        private bool HasReader => Reader != Step.Idle;

        public bool MayWrite(Fault fault) => Copied == 0 || fault == Fault.CopiesUnlocked;

        public Life LifeOf(int record) => (Life)Lives[record];

        public State To(int record, Life life) => this with { Lives = Lives.With(record, (int)life) };

        public bool HoldsAt(int place, int word) => Current != NoSegment && At(Current, place) == word;

        public int Places(int word)
        {
            var places = 0;
            for (var i = 0; i < Capacity && Current != NoSegment; i++)
            {
                places += At(Current, i) == word ? 1 : 0;
            }

            return places;
        }

        public bool BucketHolds(int segment, int bucket, int word) => At(segment, bucket * 2) == word || At(segment, (bucket * 2) + 1) == word;

        public bool HasRoomFor(int word, Fault fault)
        {
            if (Current == NoSegment)
            {
                return Spare != NoSegment;
            }

            var place = PlaceFor(Current, word, fault);
            var used = 0;
            for (var i = 0; i < Capacity; i++)
            {
                used += At(Current, i) != NeverUsed ? 1 : 0;
            }

            return At(Current, place) != NeverUsed || used < Limit;
        }

        public State Put(int word, Fault fault)
        {
            if (Current != NoSegment)
            {
                return With(Current, PlaceFor(Current, word, fault), word);
            }

            var segment = Spare;
            return Filled(segment, NeverUsed).With(segment, Home * 2, word) with { Current = segment };
        }

        public State AddA(int record, Fault fault)
        {
            var added = Put(A + record, fault).To(record, Life.Live);
            return LifeOf(1 - record) == Life.Marked ? added.To(1 - record, Life.Replaced) : added;
        }

        public State RemoveA(int record, Fault fault)
        {
            var place = PlaceOf(A + record);
            place = place < 0 && fault == Fault.RemovesByKey ? PlaceOf(A + 1 - record) : place;
            var removed = place < 0 ? this : TakeOut(place, fault);
            return removed.To(record, HasReader && fault != Fault.FreesRecordAtOnce ? Life.Retired : Life.None);
        }

        public State TakeOut(int place, Fault fault)
        {
            var bucket = place / 2;
            var ends = At(Current, place ^ 1) == NeverUsed || fault == Fault.AlwaysNeverUsed;
            var taken = With(Current, place, ends ? NeverUsed : Tombstone);
            if (fault == Fault.MovesBack && bucket == Home)
            {
                taken = taken.MoveBack(place);
            }

            var isEmpty = true;
            for (var i = 0; i < Capacity; i++)
            {
                isEmpty &= taken.At(Current, i) <= Tombstone;
            }

            return isEmpty ? taken.RetireCurrent(NoSegment, fault) : taken;
        }

        public State BeginRebuild(Fault fault)
        {
            var begun = Filled(Spare, NeverUsed) with { Copied = 1 };
            return fault == Fault.PublishesBeforeFilling ? begun with { Current = Spare } : begun;
        }

        public State CopySlot(Fault fault)
        {
            var to = Target(fault);
            var word = At(1 - to, Copied - 1);
            var copied = word > Tombstone ? With(to, PlaceFor(to, word, Fault.None), word) : this;
            return copied with { Copied = (byte)(Copied + 1) };
        }

        public State EndRebuild(Fault fault)
        {
            var filled = Target(fault);
            return (this with { Current = (byte)(1 - filled), Copied = 0 }).RetireCurrent(filled, fault);
        }

        public State Compare(int index)
        {
            var word = At(Segment, (Bucket * 2) + index);
            var loaded = Proof.With(Loaded, index);
            return this with
            {
                TouchedFreed = TouchedFreed || word == Rubbish,
                Matches = word is A or A + 1 ? Proof.With(Matches, index) : Matches,
                Loaded = loaded == 3 ? (byte)0 : loaded,
                Reader = loaded == 3 ? Step.Following : Step.Matching,
            };
        }

        public State Follow()
        {
            if (Matches == 0)
            {
                return this with { Reader = Step.Ending };
            }

            var index = Has(Matches, 0) ? 0 : 1;
            var word = At(Segment, (Bucket * 2) + index);
            if (word is not (A or A + 1))
            {
                return this with { TouchedFreed = TouchedFreed || word == Rubbish, Matches = Without(Matches, index) };
            }

            return this with { Reader = Step.Done, Matches = 0, Result = (byte)word };
        }

        public State LookForEnd(int index)
        {
            var word = At(Segment, (Bucket * 2) + index);
            var loaded = Proof.With(Loaded, index);
            var looked = this with { TouchedFreed = TouchedFreed || word == Rubbish, SawEnd = SawEnd || word == NeverUsed, Loaded = loaded };
            return loaded != 3 ? looked
                : looked.SawEnd ? looked with { Reader = Step.Done, Loaded = 0, SawEnd = false }
                : looked with { Reader = Step.Matching, Loaded = 0, Bucket = (byte)(1 - Bucket) };
        }

        public State Leave()
        {
            var left = this with { Reader = Step.Idle, Segment = 0, Bucket = 0, Result = 0, Stable = false, Retired = 0 };
            for (var i = 0; i < 2; i++)
            {
                left = LifeOf(i) == Life.Retired ? left.To(i, Life.None) : left;
                left = Has(Retired, i) ? left.Filled(i, Rubbish) : left;
            }

            return left;
        }

        // The segment that is being filled: the published one only when that is the fault.
        private byte Target(Fault fault) => fault == Fault.PublishesBeforeFilling ? Current : Spare;

        private int At(int segment, int position) => Words[(segment * Capacity) + position];

        private State With(int segment, int position, int word) => this with { Words = Words.With((segment * Capacity) + position, word) };

        private State Filled(int segment, int word)
        {
            var filled = this;
            for (var i = 0; i < Capacity; i++)
            {
                filled = filled.With(segment, i, word);
            }

            return filled;
        }

        private int PlaceOf(int word)
        {
            for (var i = 0; i < Capacity; i++)
            {
                if (HoldsAt(i, word))
                {
                    return i;
                }
            }

            return -1;
        }

        private int PlaceFor(int segment, int word, Fault fault)
        {
            var free = -1;
            for (var bucket = Home; ; bucket = 1 - bucket)
            {
                for (var i = bucket * 2; i <= (bucket * 2) + 1; i++)
                {
                    var present = At(segment, i);
                    if (present / 2 == A / 2 && word / 2 == A / 2)
                    {
                        return i;
                    }

                    free = free < 0 && present <= Tombstone ? i : free;
                }

                if (BucketHolds(segment, bucket, NeverUsed) || (fault == Fault.FirstFreeSlot && free >= 0))
                {
                    return free;
                }
            }
        }

        // What a table without tombstones would do: fill the hole with a record from the next bucket.
        private State MoveBack(int hole)
        {
            for (var i = (1 - Home) * 2; i <= ((1 - Home) * 2) + 1; i++)
            {
                var word = At(Current, i);
                if (word > Tombstone)
                {
                    return With(Current, hole, word).With(Current, i, NeverUsed);
                }
            }

            return this;
        }

        private State RetireCurrent(byte next, Fault fault)
        {
            return HasReader && fault != Fault.FreesSegmentAtOnce
                ? this with { Current = next, Retired = Proof.With(Retired, Current) }
                : Filled(Current, Rubbish) with { Current = next };
        }
    }
}
