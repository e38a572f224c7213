using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// A range over three keys, two visible versions each (DESIGN 3, "Reading across tiers"): runs of 1 to 3 keys gathered from the index; a page of
/// the tier that ends wherever it may, behind any key or inside one, above its newest version or, if the tier does not have the key yet, between
/// the two; and any key flushed, evicted version by version, and written anew above the view at any step between two loads. Contract B8, B9
/// and B12, I5, I6.
/// </summary>
public sealed class RangeTests(ITestOutputHelper output)
{
    private const int Keys = 3;
    private const int Newest = 2; // the visible version that must be found
    private const int Behind = 0; // not inside a key

    public enum Fault
    {
        None,
        TierExhaustedEarly,
        TierBeforeMemory,
        PortionToTheEnd,
        PageToItsEnd,
        IgnoresCompleteFrom,
        PartOfAKeyIsDone,
        PartOfAKeyForgetsMemory,
        PartOfAKeyBeginsAnew,
    }

    private enum Step
    {
        Idle,
        Begin,
        Gathering,
        Asking,
        Merging,
        Done,
    }

    [Fact]
    public void B8_a_range_finds_every_key_once_whatever_moves_between_the_tiers()
        => Closes("range", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.TierExhaustedEarly, "B8-EXACT")]
    [InlineData(Fault.TierBeforeMemory, "B8-EXACT")]
    [InlineData(Fault.PortionToTheEnd, "B8-EXACT")]
    [InlineData(Fault.PageToItsEnd, "B8-EXACT")]
    [InlineData(Fault.IgnoresCompleteFrom, "B8-EXACT")]
    [InlineData(Fault.PartOfAKeyIsDone, "B8-EXACT")]
    [InlineData(Fault.PartOfAKeyForgetsMemory, "B8-EXACT")]
    [InlineData(Fault.PartOfAKeyBeginsAnew, "B9-PROGRESS")]
    public void Range_faults_are_caught(Fault fault, string rule)
        => Catches("range", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        int[] keys = [.. Enumerable.Range(0, Keys)];
        int[] runs = [1, 2, 3];

        // Behind a key, or inside it: what is at or above the version was looked at.
        (int Key, int Version)[] ends = [.. from key in keys from version in (int[])[Behind, Newest, Newest + 1] select (key, version)];
        var spec = Spec.From(State.Initial)
            .Action("Flush", keys, (s, k) => !Has(s.Disk, k), (s, k) => s with { Disk = With(s.Disk, k) })
            .Action("Evict oldest", keys, (s, k) => Has(s.Disk, k) && s.Old(k) != 0, (s, k) => s with { Chains = s.Chains.With(k, s.Chains[k] + 1) })
            .Action("Write above", keys, (s, k) => !Has(s.New, k) && s.Reader != Step.Idle, (s, k) => s with { New = With(s.New, k) })
            .Action("Open", runs, (s, _) => s.Reader == Step.Idle, (s, run) => s with
            {
                Reader = fault == Fault.TierBeforeMemory ? Step.Asking : Step.Begin,
                Run = (byte)run,
                End = fault == Fault.TierBeforeMemory ? (byte)(Keys - 1) : (byte)0,
            })
            .Action("Freeze keys", s => s.Reader == Step.Begin, s => s.Freeze(fault))
            .Action("Gather", s => s.Reader == Step.Gathering, s => s.Gather(fault))
            .Action("Ask tier", s => s.Reader == Step.Asking, s => s.Ask(fault))
            .Action("Merge", s => s.Reader == Step.Merging, s => s.Merge(fault));
        spec = fault is Fault.TierExhaustedEarly or Fault.TierBeforeMemory
            ? spec
            : spec.Action("Ask tier for a part", ends, (s, end) => s.Reader == Step.Asking && s.MayEndAt(end.Key, end.Version), (s, end) =>
                s.AskUpTo(end.Key, end.Version, fault));

        return spec
            .Invariant("B8-EXACT", "The range returns the visible row of every key, and each once.", s =>
            {
                for (var key = 0; key < s.Position; key++)
                {
                    if (s.Answers[key] != 2)
                    {
                        return false;
                    }
                }

                return s.Reader != Step.Done || s.Position == Keys;
            })
            .Rule("B9-PROGRESS", "A portion gets further, if only inside a key.",
                (before, after) => before.Reader == Step.Merging && after.Reader != Step.Merging,
                (before, after) => after.Position > before.Position || (after.Position == before.Position && after.Left < before.Left))
            .Reachable("FROM-DISK", "A whole range comes from disk after it was opened over memory.", s => s.Reader == Step.Done && s.Index == 0)
            .Reachable("INSIDE", "A portion goes on inside a key when nothing is left in memory.", s =>
                s.Reader == Step.Begin && s.Inside != Behind && s.Index == 0)
            .Terminal(s => s.Reader == Step.Done && s.Disk == 7 && s.New == 7 && keys.All(k => s.Old(k) == 0));
    }

    // A key's chain begins with the versions 1 and 2 and loses the older first: 0 holds both, 1 holds version 2, 2 holds neither.
    private readonly record struct State(
        Slots Chains,
        byte New,
        byte Disk,
        Step Reader,
        byte Run,
        byte Position,
        byte Inside,
        byte End,
        byte EndInside,
        byte Frozen,
        bool Exhausted,
        Slots Best,
        byte Complete,
        Slots Answers)
    {
        public static State Initial => default;

        public int Index
        {
            get
            {
                var index = (int)New;
                for (var key = 0; key < Keys; key++)
                {
                    index = Old(key) != 0 ? With(index, key) : index;
                }

                return index;
            }
        }

        // Of the key at the position, only versions below this one are still to come.
        public int Left => Inside == Behind ? Newest + 2 : Inside;

        public int Old(int key) => Chains[key] switch { 0 => 2, 1 => 1, _ => 0 };

        public State Freeze(Fault fault)
        {
            var run = 0;
            var last = Keys - 1;
            var count = 0;
            for (var key = (int)Position; key < Keys && count < Run; key++)
            {
                if (Has(Index, key))
                {
                    run = With(run, key);
                    last = key;
                    count++;
                }
            }

            return this with
            {
                Frozen = (byte)run,
                End = (byte)(count < Run || fault == Fault.PortionToTheEnd ? Keys - 1 : last),
                Reader = run != 0 ? Step.Gathering : After(fault),
            };
        }

        public State Gather(Fault fault)
        {
            var key = System.Numerics.BitOperations.TrailingZeroCount((uint)Frozen);
            var left = Without(Frozen, key);

            // The eviction that left only version 2 raised CompleteFrom above 1; the fresh write above the view lowered nothing below itself.
            var best = Old(key) != 0 ? 2 : 0;
            var gathered = this with
            {
                Frozen = left,
                Best = Best.With(key, Math.Max(Best[key], best)),
                Complete = best != 0 || fault == Fault.IgnoresCompleteFrom ? With(Complete, key) : Complete,
            };
            return gathered with { Reader = left != 0 ? Step.Gathering : gathered.After(fault) };
        }

        // The tier answers for all of the portion.
        public State Ask(Fault fault)
        {
            var end = fault == Fault.TierExhaustedEarly ? Keys - 1 : End;
            return FromDisk(end) with
            {
                EndInside = Behind,
                Exhausted = fault == Fault.TierExhaustedEarly,
                Reader = fault == Fault.TierBeforeMemory ? Step.Begin : Step.Merging,
            };
        }

        // A page may not end where this one began, nor inside a key of which it has met the row it looks for.
        public bool MayEndAt(int key, int version)
            => key >= Position && key <= End
                && (version == Behind || ((key > Position || version < Left) && (version > Newest || !Has(Disk, key))));

        public State AskUpTo(int key, int version, Fault fault)
        {
            var asked = FromDisk(version == Behind ? key : key - 1);

            // What memory has at or above that version may be on disk, unseen, when the next portion looks only below it.
            var settled = version != Behind && Best[key] >= version && fault != Fault.PartOfAKeyForgetsMemory;
            return asked with
            {
                End = fault == Fault.PageToItsEnd ? End : (byte)key,
                EndInside = (byte)(settled || fault is Fault.PageToItsEnd or Fault.PartOfAKeyIsDone ? Behind : version),
                Reader = Step.Merging,
            };
        }

        public State Merge(Fault fault)
        {
            var isWhole = EndInside == Behind;
            var answers = Answers;
            for (var key = (int)Position; key <= End - (isWhole ? 0 : 1); key++)
            {
                answers = answers.With(key, Best[key]);
            }

            var merged = this with
            {
                Answers = answers,
                Position = (byte)(isWhole ? End + 1 : End),
                Inside = fault == Fault.PartOfAKeyBeginsAnew ? (byte)Behind : EndInside,
                EndInside = Behind,
                Complete = 0,
                Reader = isWhole && End + 1 >= Keys ? Step.Done : Step.Begin,
            };
            return fault is Fault.TierExhaustedEarly or Fault.TierBeforeMemory
                ? merged
                : merged with { Best = default };
        }

        private State FromDisk(int last)
        {
            var best = Best;
            for (var key = (int)Position; key <= last; key++)
            {
                // The tier has both versions of a key or none.
                var found = !Has(Disk, key) ? 0 : key == Position && Inside == Newest ? Newest - 1 : Newest;
                best = best.With(key, Has(Complete, key) ? best[key] : Math.Max(best[key], found));
            }

            return this with { Best = best };
        }

        private Step After(Fault fault)
            => fault == Fault.TierBeforeMemory || (fault == Fault.TierExhaustedEarly && Exhausted) ? Step.Merging : Step.Asking;
    }
}
