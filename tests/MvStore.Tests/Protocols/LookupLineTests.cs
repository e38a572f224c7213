using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The line of those who wait for a connection (DESIGN 6, "Reading"): three callers that look one key up, one connection, and a file that a slice arrives in. Who finds the connection idle reads; the
/// others get in line and look again. Who is through answers those in line, in one transaction of the file, hands the connection on or puts it back, and then looks for waiters.
/// </summary>
public sealed class LookupLineTests(ITestOutputHelper output)
{
    private static readonly int[] Callers = [0, 1, 2];

    public enum Fault
    {
        None,
        TakesIntoARunningTransaction,
        BeginsBeforeTaking,
        NoLookBehindJoining,
        NoLookBehindPutting,
        HandsOnToWhoGaveUp,
        CancelsNeighbours,
        PutsBackInsideTheTransaction,
    }

    // What a caller's thread does.
    private enum Doing
    {
        Nothing,
        Asking,
        Joining,
        LookingAgain,
        Reading,
        Returning,
        Beginning,
        Answering,
        HandingOn,
        PuttingBack,
        LookingForWaiters,
    }

    // What became of a caller's lookup.
    private enum Lookup
    {
        None,
        InLine,
        InBatch,
        Answered,
        GaveUp,
    }

    [Fact]
    public void I71_each_lookup_is_answered_once_from_a_state_of_the_file_not_older_than_itself()
        => Closes("lookup line", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.TakesIntoARunningTransaction, "I71-FRESH")]
    [InlineData(Fault.BeginsBeforeTaking, "I71-FRESH")]
    [InlineData(Fault.NoLookBehindJoining, "SERVED")]
    [InlineData(Fault.NoLookBehindPutting, "SERVED")]
    [InlineData(Fault.HandsOnToWhoGaveUp, "ONE-READER")]
    [InlineData(Fault.CancelsNeighbours, "OWN")]
    [InlineData(Fault.PutsBackInsideTheTransaction, "F6")]
    public void Lookup_line_faults_are_caught(Fault fault, string rule)
        => Catches("lookup line", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        var spec = Spec.From(new State { IsIdle = true })
            .Action("Slice arrives", s => !s.IsApplied, s => s with { IsApplied = true })
            .Action("Ask", Callers, (s, c) => s.DoingOf(c) == Doing.Nothing && s.LookupOf(c) == Lookup.None, (s, c) => s.To(c, Doing.Asking) with
            {
                Expected = s.IsApplied ? With(s.Expected, c) : s.Expected,
            })
            .Action("Find it idle", Callers, (s, c) => s.DoingOf(c) == Doing.Asking && s.IsIdle, (s, c) => s.To(c, Doing.Reading) with { IsIdle = false })
            .Action("Find it in use", Callers, (s, c) => s.DoingOf(c) == Doing.Asking && !s.IsIdle, (s, c) => s.To(c, Doing.Joining))
            .Action("Join", Callers, (s, c) => s.DoingOf(c) == Doing.Joining, (s, c)
                => s.To(c, fault == Fault.NoLookBehindJoining ? Doing.Nothing : Doing.LookingAgain).To(c, Lookup.InLine) with { Line = With(s.Line, c) })
            .Action("Look again", Callers, (s, c) => s.DoingOf(c) == Doing.LookingAgain, (s, c)
                => s.IsIdle ? s.To(c, Doing.Returning) with { IsIdle = false } : s.To(c, Doing.Nothing))
            .Action("Read", Callers, (s, c) => s.DoingOf(c) == Doing.Reading, (s, c) => s.Answer(c, s.IsApplied).To(c, Doing.Returning))
            .Action("Take line", Callers, (s, c) => s.DoingOf(c) == Doing.Returning, (s, c)
                => s.Line == 0 ? s.To(c, Doing.HandingOn) with { IsOpen = false } : s.TakeLine().To(c, s.IsOpen ? Doing.Answering : Doing.Beginning))
            .Action("Begin", Callers, (s, c) => s.DoingOf(c) == Doing.Beginning, (s, c) => s.To(c, Doing.Answering) with { IsOpen = true, Seen = s.IsApplied })
            .Action("Answer one", Callers, (s, c) => s.IsOpen && Has(s.Batch, c), (s, c) => s with { Batch = Without(s.Batch, c) } is var taken && s.LookupOf(c) == Lookup.InBatch
                ? taken.Answer(c, s.Seen)
                : taken)
            .Action("End", Callers, (s, c) => s.DoingOf(c) == Doing.Answering && s.Batch == 0, (s, c) => s.To(c, Doing.HandingOn) with { IsOpen = false })
            .Action("Hand on", [1, 2, 3, 5, 6, 7], (s, p) => s.DoingOf(p / 3) == Doing.HandingOn && Has(s.Line, p % 3), (s, p) =>
            {
                var (from, to) = (p / 3, p % 3);
                var next = s with { Line = Without(s.Line, to) };
                return s.LookupOf(to) == Lookup.InLine ? next.To(from, Doing.Nothing).To(to, Lookup.None).To(to, Doing.Reading)
                    : fault == Fault.HandsOnToWhoGaveUp ? next.To(from, Doing.Nothing)
                    : next;
            })
            .Action("Find nobody", Callers, (s, c) => s.DoingOf(c) == Doing.HandingOn && s.Line == 0, (s, c) => s.To(c, Doing.PuttingBack))
            .Action("Put back", Callers, (s, c) => s.DoingOf(c) == Doing.PuttingBack, (s, c)
                => s.To(c, fault == Fault.NoLookBehindPutting ? Doing.Nothing : Doing.LookingForWaiters) with { IsIdle = true })
            .Action("Look for waiters", Callers, (s, c) => s.DoingOf(c) == Doing.LookingForWaiters, (s, c)
                => s.Line != 0 && s.IsIdle ? s.To(c, Doing.Returning) with { IsIdle = false } : s.To(c, Doing.Nothing))
            .Action("Give up", Callers, (s, c) => s.LookupOf(c) is Lookup.InLine or Lookup.InBatch, (s, c) => fault == Fault.CancelsNeighbours && Has(s.Batch, c)
                ? s.GiveUpBatch() with { Asked = With(s.Asked, c) }
                : s.To(c, Lookup.GaveUp) with { Asked = With(s.Asked, c) })
            .Action("Go home", Callers, (s, c) => s.LookupOf(c) is Lookup.Answered or Lookup.GaveUp && s.DoingOf(c) == Doing.Nothing && !Has(s.Line, c) && !Has(s.Batch, c), (s, c)
                => s.To(c, Lookup.None) with { Expected = Without(s.Expected, c), Found = Without(s.Found, c), Asked = Without(s.Asked, c) });
        spec = fault switch
        {
            Fault.TakesIntoARunningTransaction => spec
                .Action("Take more", Callers, (s, c) => s.DoingOf(c) == Doing.Answering && s.Line != 0, (s, _) => s.TakeLine()),
            Fault.BeginsBeforeTaking => spec
                .Action("Begin early", Callers, (s, c) => s.DoingOf(c) == Doing.Returning && !s.IsOpen && s.Line != 0, (s, _)
                    => s with { IsOpen = true, Seen = s.IsApplied }),
            Fault.PutsBackInsideTheTransaction => spec
                .Action("Put back early", Callers, (s, c) => s.DoingOf(c) == Doing.Answering && s.Batch == 0, (s, c)
                    => s.To(c, Doing.LookingForWaiters) with { IsIdle = true }),
            _ => spec,
        };

        return spec
            .Invariant("I71-FRESH", "What was in the file when a lookup was asked is in its answer.", s =>
                Callers.All(c => s.LookupOf(c) != Lookup.Answered || !Has(s.Expected, c) || Has(s.Found, c)))
            .Invariant("SERVED", "Nobody waits beside an idle connection, unless somebody is about to look.", s =>
                !s.IsIdle || Callers.Any(c => s.DoingOf(c) is not Doing.Nothing) || Callers.All(c => s.LookupOf(c) != Lookup.InLine))
            .Invariant("ONE-READER", "The connection is idle, or one caller has it.", s => s.Holders() + (s.IsIdle ? 1 : 0) == 1)
            .Invariant("OWN", "Who gave up has been asked to.", s => Callers.All(c => s.LookupOf(c) != Lookup.GaveUp || Has(s.Asked, c)))
            .Invariant("F6", "No transaction is open on an idle connection.", s => !s.IsIdle || !s.IsOpen)
            .Reachable("TWO-AT-ONCE", "Two lookups are answered in one transaction.", s => s.IsOpen && (s.Batch & (s.Batch - 1)) != 0)
            .Reachable("OWN-RETURN", "A caller answers its own lookup, as the connection came back while it joined.", s =>
                Callers.Any(c => s.DoingOf(c) == Doing.Answering && Has(s.Batch, c)))
            .Terminal(_ => false);
    }

    private readonly record struct State(
        Slots Doings,
        Slots Lookups,
        bool IsIdle,
        bool IsApplied,
        bool IsOpen,
        bool Seen,
        byte Line,
        byte Batch,
        byte Expected,
        byte Found,
        byte Asked)
    {
        public Doing DoingOf(int caller) => (Doing)Doings[caller];

        public Lookup LookupOf(int caller) => (Lookup)Lookups[caller];

        public State To(int caller, Doing doing) => this with { Doings = Doings.With(caller, (int)doing) };

        public State To(int caller, Lookup lookup) => this with { Lookups = Lookups.With(caller, (int)lookup) };

        public State Answer(int caller, bool found) => To(caller, Lookup.Answered) with { Found = found ? With(Found, caller) : Found };

        public State TakeLine()
        {
            var next = this with { Batch = (byte)(Batch | Line), Line = 0 };
            foreach (var caller in Callers)
            {
                next = LookupOf(caller) == Lookup.InLine ? next.To(caller, Lookup.InBatch) : next;
            }

            return next;
        }

        public State GiveUpBatch()
        {
            var next = this;
            foreach (var caller in Callers)
            {
                next = LookupOf(caller) == Lookup.InBatch ? next.To(caller, Lookup.GaveUp) : next;
            }

            return next;
        }

        public int Holders()
        {
            var holders = 0;
            foreach (var caller in Callers)
            {
                holders += DoingOf(caller) is Doing.Reading or Doing.Returning or Doing.Beginning or Doing.Answering or Doing.HandingOn or Doing.PuttingBack ? 1 : 0;
            }

            return holders;
        }
    }
}
