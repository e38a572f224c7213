using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Commits from begin to publication (DESIGN 3, "Commit" and "Publication and snapshots"): three committers write the keys A and B at the
/// versions 2, 1 and 3, in any order, and any of them may fail half-way; one reader reads A, then B, then A again. I1, I2 and contract A2.
/// </summary>
public sealed class PublicationTests(ITestOutputHelper output)
{
    public enum Fault
    {
        None,
        PublishBeforeLink,
        PublishWithHole,
        FailedCommitNotUnlinked,
        AcknowledgeBeforePublication,
        VisibleIgnoresInFlight,
    }

    private enum Phase
    {
        Idle,
        Begun,
        LinkedA,
        LinkedBoth,
        Failing,
        Done,
        Acknowledged,
    }

    [Fact]
    public void A2_publication_is_in_order_whole_and_without_holes()
        => Closes("publication", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.PublishBeforeLink, "I2-LINKED")]
    [InlineData(Fault.PublishWithHole, "I1-NO-HOLE")]
    [InlineData(Fault.FailedCommitNotUnlinked, "I1-NO-OP")]
    [InlineData(Fault.AcknowledgeBeforePublication, "A9-COVERED")]
    [InlineData(Fault.VisibleIgnoresInFlight, "VISIBLE")]
    public void Publication_faults_are_caught(Fault fault, string rule)
        => Catches("publication", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        int[] committers = [0, 1, 2];
        return Spec.From(default(State))
            .Action("Begin", committers, (s, c) => s.PhaseOf(c) == Phase.Idle, (s, c) =>
            {
                var sequence = s.Taken + 1;
                return s.To(c, Phase.Begun) with { Taken = (byte)sequence, Order = s.Order.With(sequence, c + 1) };
            })
            .Action("LinkA", committers, (s, c) => s.PhaseOf(c) == Phase.Begun, (s, c) =>
                s.To(c, Phase.LinkedA) with { LinkedA = With(s.LinkedA, c) })
            .Action("LinkB", committers, (s, c) => s.PhaseOf(c) == Phase.LinkedA, (s, c) =>
                s.To(c, Phase.LinkedBoth) with { LinkedB = With(s.LinkedB, c) })
            .Action("Fail", committers, (s, c) => s.PhaseOf(c) is Phase.Begun or Phase.LinkedA or Phase.LinkedBoth, (s, c) =>
                s.To(c, Phase.Failing) with { Failed = With(s.Failed, c) })
            .Action("UnlinkA", committers, (s, c) => s.PhaseOf(c) == Phase.Failing && Has(s.LinkedA, c), (s, c) =>
                s with { LinkedA = Without(s.LinkedA, c) })
            .Action("UnlinkB", committers, (s, c) => s.PhaseOf(c) == Phase.Failing && Has(s.LinkedB, c), (s, c) =>
                s with { LinkedB = Without(s.LinkedB, c) })
            .Action("Finish", committers, (s, c) => MayFinish(s, c, fault), (s, c) => Finish(s, c, fault))
            .Action("Return", committers, (s, c) => MayReturn(s, c, fault), (s, c) => s.To(c, Phase.Acknowledged))
            .Action("ReaderCapture", [1, 2, 3], (s, _) => s.Reader == 0, (s, at) =>
                s with { Reader = 1, At = (byte)at, View = s.Published })
            .Action("ReaderA", s => s.Reader == 1, s => s with { Reader = 2, SeenA = s.Sees(s.LinkedA) })
            .Action("ReaderB", s => s.Reader == 2, s => s with { Reader = 3, SeenB = s.Sees(s.LinkedB) })
            .Action("ReaderAgain", s => s.Reader == 3, s => s with { Reader = 4, SeenAgain = s.Sees(s.LinkedA) })
            .Action("ReaderClose", s => s.Reader == 4, s => s with { Reader = 0, At = 0, View = 0, SeenA = 0, SeenB = 0, SeenAgain = 0 })
            .Invariant("I1-NO-HOLE", "Publications happen in sequence order, without holes.", s => s.EveryPublished(c =>
                s.PhaseOf(c) is Phase.Done or Phase.Acknowledged))
            .Invariant("I1-NO-OP", "A commit that fails is published as a no-op: its entries are unlinked first.", s => s.EveryPublished(c =>
                !Has(s.Failed, c) || (!Has(s.LinkedA, c) && !Has(s.LinkedB, c))))
            .Invariant("I2-LINKED", "Every entry is in its chain before the sequence is published.", s => s.EveryPublished(c =>
                Has(s.Failed, c) || (Has(s.LinkedA, c) && Has(s.LinkedB, c))))
            .Invariant("A2-WHOLE", "A reader sees every delta of a commit or none.", s =>
                s.Reader < 3 || s.SeenA == s.SeenB)
            .Invariant("C1-STABLE", "A view gives the same answer again.", s => s.Reader < 4 || s.SeenA == s.SeenAgain)
            .Invariant("I2-EXACT", "A view sees exactly what was published before it.", s => s.Reader < 2 || s.SeenA == s.Expected())
            .Invariant("A9-COVERED", "A commit returns when the publication covers its sequence.", s => committers.All(c =>
                s.PhaseOf(c) != Phase.Acknowledged || s.SequenceOf(c) <= s.Published))
            .Rule("VISIBLE", "The visible version has no lower version in flight, unless a late one holds it; it never goes back.",
                (before, after) => after.Visible >= before.Visible
                    && (after.Visible == before.Visible || committers.All(c => !after.InFlight(c) || Version(c) > after.Visible)))
            .Reachable("OUT-OF-ORDER", "A higher version is published while a lower one is in flight.", s =>
                s.EveryPublished(_ => true) && s.Highest > s.Visible && s.Visible > 0)
            .Reachable("READ-PAST-FAILURE", "A reader sees a commit published after one that failed.", s =>
                s.Reader == 4 && s.SeenA != 0 && s.Failed != 0)
            .Terminal(s => s.Reader == 4);
    }

    private static bool MayFinish(State s, int committer, Fault fault) => s.PhaseOf(committer) switch
    {
        Phase.LinkedBoth => true,
        Phase.LinkedA => fault == Fault.PublishBeforeLink,
        Phase.Failing => fault == Fault.FailedCommitNotUnlinked
            || (!Has(s.LinkedA, committer) && !Has(s.LinkedB, committer)),
        _ => false,
    };

    private static State Finish(State s, int committer, Fault fault)
    {
        s = s.To(committer, Phase.Done);
        var published = s.Published;
        if (fault == Fault.PublishWithHole)
        {
            published = (byte)Math.Max(published, s.SequenceOf(committer));
        }

        while (published < s.Taken && s.PhaseOf(s.Order[published + 1] - 1) is Phase.Done or Phase.Acknowledged)
        {
            published++;
        }

        s = s with { Published = published };
        var lowest = int.MaxValue;
        for (var c = 0; c < 3; c++)
        {
            if (s.InFlight(c) && fault != Fault.VisibleIgnoresInFlight)
            {
                lowest = Math.Min(lowest, Version(c));
            }
        }

        var visible = (int)s.Visible;
        for (var sequence = 1; sequence <= published; sequence++)
        {
            var version = Version(s.Order[sequence] - 1);
            if (version < lowest)
            {
                visible = Math.Max(visible, version);
            }
        }

        return s with { Visible = (byte)visible };
    }

    private static bool MayReturn(State s, int committer, Fault fault)
        => s.PhaseOf(committer) == Phase.Done
            && (s.SequenceOf(committer) <= s.Published || fault == Fault.AcknowledgeBeforePublication);

    // The first committer has the middle version, the second the lowest: both kinds of out-of-order arrival occur.
    private static int Version(int committer) => committer switch { 0 => 2, 1 => 1, _ => 3 };

    private readonly record struct State(
        Slots Phases,
        Slots Order,
        byte Taken,
        byte Published,
        byte Visible,
        byte LinkedA,
        byte LinkedB,
        byte Failed,
        byte Reader,
        byte At,
        byte View,
        byte SeenA,
        byte SeenB,
        byte SeenAgain)
    {
        public int Highest => Enumerable.Range(1, Published).Select(VersionAt).DefaultIfEmpty().Max();

        private int VersionAt(int sequence) => Version(Order[sequence] - 1);

        public int SequenceOf(int committer)
        {
            for (var sequence = 1; sequence <= Taken; sequence++)
            {
                if (Order[sequence] == committer + 1)
                {
                    return sequence;
                }
            }

            return 0;
        }

        public bool InFlight(int committer) => SequenceOf(committer) > Published;

        public bool EveryPublished(Func<int, bool> holds)
        {
            for (var sequence = 1; sequence <= Published; sequence++)
            {
                if (!holds(Order[sequence] - 1))
                {
                    return false;
                }
            }

            return true;
        }

        public byte Sees(int linked)
        {
            byte seen = 0;
            for (var c = 0; c < 3; c++)
            {
                if (Has(linked, c) && Version(c) <= At && SequenceOf(c) <= View)
                {
                    seen = With(seen, c);
                }
            }

            return seen;
        }

        public byte Expected()
        {
            byte seen = 0;
            for (var sequence = 1; sequence <= View; sequence++)
            {
                var c = Order[sequence] - 1;
                if (!Has(Failed, c) && Version(c) <= At)
                {
                    seen = With(seen, c);
                }
            }

            return seen;
        }

        public Phase PhaseOf(int committer) => (Phase)Phases[committer];

        public State To(int committer, Phase phase) => this with { Phases = Phases.With(committer, (int)phase) };
    }
}
