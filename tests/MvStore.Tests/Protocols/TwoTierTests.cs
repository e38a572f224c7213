using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// One key in two tiers (DESIGN 3, "Chains", "Reading across tiers", "Eviction"): commits at the versions 1 to 3 in any order, fresh or late,
/// touching the key or not, linked in any order while in flight, and failing; a flusher that applies and then moves its mark; eviction of the
/// oldest entry at any step, with and without removing the empty record; a reader that asks memory, then the mark, then the tier. I5, I6.
/// </summary>
public sealed class TwoTierTests(ITestOutputHelper output)
{
    private const int Versions = 3;
    private const int Nothing = 15;

    public enum Fault
    {
        None,
        EvictAboveVisible,
        EvictBeforeDurable,
        EvictLeavesCompleteFrom,
        LateLowersCompleteFrom,
        TierBeforeMemory,
        MarkBeforeMemory,
        MarkMovesBeforeApply,
    }

    private enum Step
    {
        Idle,
        Captured,
        TierRead,
        MarkRead,
        MemoryRead,
        Asking,
        Answered,
    }

    [Fact]
    public void D6_every_read_finds_its_entry_in_one_of_the_tiers()
        => Closes("two tiers", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.EvictAboveVisible, "I6-COMPLETE")]
    [InlineData(Fault.EvictBeforeDurable, "I5-NOWHERE")]
    [InlineData(Fault.EvictLeavesCompleteFrom, "I6-COMPLETE")]
    [InlineData(Fault.LateLowersCompleteFrom, "I6-COMPLETE")]
    [InlineData(Fault.TierBeforeMemory, "B12-ANSWER")]
    [InlineData(Fault.MarkBeforeMemory, "B12-ANSWER")]
    [InlineData(Fault.MarkMovesBeforeApply, "I5-NOWHERE")]
    public void Two_tier_faults_are_caught(Fault fault, string rule)
        => Catches("two tiers", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        int[] versions = [.. Enumerable.Range(1, Versions)];
        (int Version, bool Touches)[] commits = [.. versions.SelectMany(v => new[] { (v, true), (v, false) })];

        var spec = Spec.From(new State { CompleteFrom = Nothing })
            .Action("Begin", commits, (s, c) => s.SequenceOf(c.Version) == 0, (s, c) => s.Begin(c.Version, c.Touches))
            .Action("Link", versions, (s, v) => s.InFlight(v) && Has(s.Touches, v) && !Has(s.Done, v) && !Has(s.Failed, v), (s, v) => s with
            {
                Chain = With(s.Chain, v),
                Done = With(s.Done, v),
                CompleteFrom = (byte)(Has(s.Fresh, v) || fault == Fault.LateLowersCompleteFrom ? Math.Min(s.CompleteFrom, v) : s.CompleteFrom),
            })
            .Action("Fail", versions, (s, v) => s.InFlight(v) && Has(s.Touches, v) && !Has(s.Failed, v), (s, v) => s with
            {
                Chain = Without(s.Chain, v),
                Done = With(s.Done, v),
                Failed = With(s.Failed, v),
            })
            .Action("Publish", s => s.Published < s.Taken && s.IsDone(s.Order[s.Published + 1]), s => s.Publish());

        spec = fault == Fault.MarkMovesBeforeApply
            ? spec
                .Action("Apply", s => s.Applied < s.Mark, s => s.Apply())
                .Action("Move mark", s => s.Mark < s.Published, s => s with { Mark = (byte)(s.Mark + 1) })
            : spec
                .Action("Apply", s => s.Applied < s.Published, s => s.Apply())
                .Action("Move mark", s => s.Mark < s.Applied, s => s with { Mark = (byte)(s.Mark + 1) });

        spec = spec
            .Action("Evict oldest", s => s.MayEvict(fault), s => s.Evict(fault))
            .Action("Remove record", s => s.Chain == 0 && s.CompleteFrom != Nothing, s => s with { CompleteFrom = Nothing })
            .Action("Open view", versions, (s, _) => s.Reader == Step.Idle, (s, at) => s with
            {
                Reader = Step.Captured,
                At = (byte)at,
                View = s.Published,
            });

        spec = fault switch
        {
            Fault.TierBeforeMemory => spec
                .Action("Ask tier", s => s.Reader == Step.Captured, s => s with { Reader = Step.TierRead, Answer = s.BestIn(s.Disk) })
                .Action("Read memory", s => s.Reader == Step.TierRead, s => s with
                {
                    Reader = Step.Answered,
                    Answer = Math.Max(s.Answer, s.BestIn(s.Chain)),
                }),
            Fault.MarkBeforeMemory => spec
                .Action("Read mark", s => s.Reader == Step.Captured, s => s with { Reader = Step.MarkRead, MarkSeen = s.Mark })
                .Action("Read memory", s => s.Reader == Step.MarkRead, s => s.ReadMemory() is var r && r.Reader == Step.MemoryRead
                    ? r with { Reader = s.MarkSeen == 0 ? Step.Answered : Step.Asking }
                    : r)
                .Action("Ask tier", s => s.Reader == Step.Asking, s => s.AskTier()),
            _ => spec
                .Action("Read memory", s => s.Reader == Step.Captured, s => s.ReadMemory())
                .Action("Read mark", s => s.Reader == Step.MemoryRead, s => s with
                {
                    Reader = s.Mark == 0 ? Step.Answered : Step.Asking,
                })
                .Action("Ask tier", s => s.Reader == Step.Asking, s => s.AskTier()),
        };

        return spec
            .Action("Close view", s => s.Reader == Step.Answered, s => s.WithoutReader())
            .Invariant("I5-NOWHERE", "At no instant is a published entry in neither tier.", s =>
                versions.All(v => !s.IsEntry(v) || Has(s.Chain | s.Disk, v)))
            .Invariant("I4-PREFIX", "The tier holds exactly the publications 1..D.", s =>
                versions.All(v => Has(s.Disk, v) == (s.IsEntry(v) && s.SequenceOf(v) <= s.Applied)))
            .Invariant("I6-COMPLETE", "No entry in the tier beats one of the chain at or above CompleteFrom, not even for a late commit that looks at everything.", s =>
            {
                for (var at = 1; at <= Versions; at++)
                {
                    for (var view = 1; view <= s.Taken; view++)
                    {
                        var best = s.Best(s.Chain, at, view);
                        if (best != 0 && best >= s.CompleteFrom && s.Best(s.Disk, at, view) > best)
                        {
                            return false;
                        }
                    }
                }

                return true;
            })
            .Invariant("B12-ANSWER", "Which tier holds a version changes nothing.", s =>
                s.Reader != Step.Answered || s.Answer == s.Expected())
            .Reachable("EVICTED-BETWEEN", "A reader finds on disk what left memory after it looked there.", s =>
                s.Reader == Step.Answered && s.Answer != 0 && !Has(s.Chain, s.Answer))
            .Reachable("OUT-OF-ORDER-FRESH", "A fresh entry is linked below one that is on disk already.", s =>
                s.Mark > 0 && versions.Any(v => s.InFlight(v) && Has(s.Fresh, v) && Has(s.Chain, v) && (s.Disk >> v) != 0))
            .Terminal(_ => false);
    }

    private readonly record struct State(
        Slots Order,
        byte Taken,
        byte Published,
        byte Applied,
        byte Mark,
        byte Visible,
        byte Touches,
        byte Fresh,
        byte Done,
        byte Failed,
        byte Chain,
        byte CompleteFrom,
        byte Disk,
        Step Reader,
        byte At,
        byte View,
        byte MarkSeen,
        byte Answer)
    {
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

        public bool InFlight(int version) => SequenceOf(version) > Published;

        public bool IsDone(int version) => !Has(Touches, version) || Has(Done, version);

        public bool IsEntry(int version)
            => Has(Touches, version) && !Has(Failed, version) && SequenceOf(version) is var s && s != 0 && s <= Published;

        public State Begin(int version, bool touches)
        {
            var highest = 0;
            for (var sequence = 1; sequence <= Published; sequence++)
            {
                highest = Math.Max(highest, Order[sequence]);
            }

            return this with
            {
                Taken = (byte)(Taken + 1),
                Order = Order.With(Taken + 1, version),
                Touches = touches ? With(Touches, version) : Touches,
                Fresh = version > highest ? With(Fresh, version) : Fresh,
            };
        }

        public State Publish()
        {
            var published = Published + 1;
            var lowest = Nothing;
            for (var sequence = published + 1; sequence <= Taken; sequence++)
            {
                lowest = Math.Min(lowest, Order[sequence]);
            }

            var visible = (int)Visible;
            for (var sequence = 1; sequence <= published; sequence++)
            {
                visible = Order[sequence] < lowest ? Math.Max(visible, Order[sequence]) : visible;
            }

            return this with { Published = (byte)published, Visible = (byte)visible };
        }

        public State Apply()
        {
            var version = Order[Applied + 1];
            return this with { Applied = (byte)(Applied + 1), Disk = IsEntry(version) ? With(Disk, version) : Disk };
        }

        public bool MayEvict(Fault fault)
        {
            if (Chain == 0)
            {
                return false;
            }

            var oldest = System.Numerics.BitOperations.TrailingZeroCount((uint)Chain);
            return SequenceOf(oldest) <= (fault == Fault.EvictBeforeDurable ? Published : Mark)
                && (oldest <= Visible || fault == Fault.EvictAboveVisible);
        }

        public State Evict(Fault fault)
        {
            var oldest = System.Numerics.BitOperations.TrailingZeroCount((uint)Chain);
            return this with
            {
                Chain = Without(Chain, oldest),
                CompleteFrom = fault == Fault.EvictLeavesCompleteFrom ? CompleteFrom : (byte)Math.Max(CompleteFrom, oldest + 1),
            };
        }

        public State ReadMemory()
        {
            var best = BestIn(Chain);
            return this with { Reader = best != 0 && best >= CompleteFrom ? Step.Answered : Step.MemoryRead, Answer = best };
        }

        public State AskTier() => this with { Reader = Step.Answered, Answer = Math.Max(Answer, BestIn(Disk)) };

        public State WithoutReader() => this with { Reader = Step.Idle, At = 0, View = 0, MarkSeen = 0, Answer = 0 };

        public byte BestIn(int tier) => (byte)Best(tier, At, View);

        public int Best(int tier, int at, int view)
        {
            for (var version = at; version > 0; version--)
            {
                if (Has(tier, version) && SequenceOf(version) is var s && s != 0 && s <= view)
                {
                    return version;
                }
            }

            return 0;
        }

        public int Expected()
        {
            for (var version = (int)At; version > 0; version--)
            {
                if (IsEntry(version) && SequenceOf(version) <= View)
                {
                    return version;
                }
            }

            return 0;
        }
    }
}
