using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// A range over three keys, two visible versions each (DESIGN 3, "Reading across tiers"): runs of 1 to 3 keys gathered from the index, pages of
/// 1 to 3 rows from the tier, and any key flushed, evicted version by version, and written anew above the view at any step between two loads.
/// Contract B8 and B12, I5, I6.
/// </summary>
public sealed class RangeTests(ITestOutputHelper output)
{
    private const int Keys = 3;

    public enum Fault
    {
        None,
        TierExhaustedEarly,
        TierBeforeMemory,
        PortionToTheEnd,
        PageToItsEnd,
        IgnoresCompleteFrom,
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
    [InlineData(Fault.TierExhaustedEarly)]
    [InlineData(Fault.TierBeforeMemory)]
    [InlineData(Fault.PortionToTheEnd)]
    [InlineData(Fault.PageToItsEnd)]
    [InlineData(Fault.IgnoresCompleteFrom)]
    public void Range_faults_are_caught(Fault fault)
        => Catches("range", Make(fault), fault.ToString(), "B8-EXACT", output);

    private static Spec<State> Make(Fault fault)
    {
        int[] keys = [.. Enumerable.Range(0, Keys)];
        (int Run, int Page)[] sizes = [.. from run in Enumerable.Range(1, 3) from page in Enumerable.Range(1, 3) select (run, page)];
        var spec = Spec.From(State.Initial)
            .Action("Flush", keys, (s, k) => !Has(s.Disk, k), (s, k) => s with { Disk = With(s.Disk, k) })
            .Action("Evict oldest", keys, (s, k) => Has(s.Disk, k) && s.Old(k) != 0, (s, k) => s with { Chains = s.Chains.With(k, s.Chains[k] + 1) })
            .Action("Write above", keys, (s, k) => !Has(s.New, k) && s.Reader != Step.Idle, (s, k) => s with { New = With(s.New, k) })
            .Action("Open", sizes, (s, _) => s.Reader == Step.Idle, (s, size) => s with
            {
                Reader = fault == Fault.TierBeforeMemory ? Step.Asking : Step.Begin,
                Run = (byte)size.Run,
                Page = (byte)size.Page,
                End = fault == Fault.TierBeforeMemory ? (byte)(Keys - 1) : (byte)0,
            })
            .Action("Freeze keys", s => s.Reader == Step.Begin, s => s.Freeze(fault))
            .Action("Gather", s => s.Reader == Step.Gathering, s => s.Gather(fault))
            .Action("Ask tier", s => s.Reader == Step.Asking, s => s.Ask(fault))
            .Action("Merge", s => s.Reader == Step.Merging, s => s.Merge(fault));

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
            .Reachable("FROM-DISK", "A whole range comes from disk after it was opened over memory.", s => s.Reader == Step.Done && s.Index == 0)
            .Terminal(s => s.Reader == Step.Done && s.Disk == 7 && s.New == 7 && keys.All(k => s.Old(k) == 0));
    }

    // A key's chain begins with the versions 1 and 2 and loses the older first: 0 holds both, 1 holds version 2, 2 holds neither.
    private readonly record struct State(
        Slots Chains,
        byte New,
        byte Disk,
        Step Reader,
        byte Run,
        byte Page,
        byte Position,
        byte End,
        byte Frozen,
        byte Cursor,
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
                Cursor = fault is Fault.TierBeforeMemory ? Cursor : Position,
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

        public State Ask(Fault fault)
        {
            var end = fault == Fault.TierExhaustedEarly ? Keys - 1 : End;
            var rows = 0;
            var key = (int)Cursor;
            var best = Best;
            for (; key <= end && rows < Page; key++)
            {
                if (Has(Disk, key))
                {
                    best = best.With(key, Has(Complete, key) ? best[key] : Math.Max(best[key], 2));
                    rows++;
                }
            }

            var finished = rows < Page || key > end || fault == Fault.PageToItsEnd;
            return this with
            {
                Best = best,
                Cursor = (byte)key,
                Exhausted = Exhausted || (fault == Fault.TierExhaustedEarly && finished),
                Reader = !finished ? Step.Asking : fault == Fault.TierBeforeMemory ? Step.Begin : Step.Merging,
            };
        }

        public State Merge(Fault fault)
        {
            var answers = Answers;
            for (var key = (int)Position; key <= End; key++)
            {
                answers = answers.With(key, Best[key]);
            }

            var merged = this with
            {
                Answers = answers,
                Position = (byte)(End + 1),
                Complete = 0,
                Reader = End + 1 >= Keys ? Step.Done : Step.Begin,
            };
            return fault is Fault.TierExhaustedEarly or Fault.TierBeforeMemory
                ? merged
                : merged with { Best = default, Cursor = 0 };
        }

        private Step After(Fault fault)
            => fault == Fault.TierBeforeMemory || (fault == Fault.TierExhaustedEarly && Exhausted) ? Step.Merging : Step.Asking;
    }
}
