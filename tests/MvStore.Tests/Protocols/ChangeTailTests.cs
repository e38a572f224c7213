using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The seam of a change feed between history and recent commits (DESIGN 13, I50): a sequencer publishes commits, each with copies, without copies or without entries, and puts those with copies into a ring of one place; who has
/// published looks behind the critical section whether somebody waits; a reader joins at any time, reads history or takes what the ring has, and waits when there is nothing; one who only catches up does not join, and ends then.
/// </summary>
public sealed class ChangeTailTests(ITestOutputHelper output)
{
    private const int Commits = 4;

    public enum Fault
    {
        None,
        CaughtUpBesideThePublication,
        WaitTakenAfterTheLook,
        GapsNotLookedAt,
        CommitWithoutCopiesNotAccountedFor,
        NotAccountedForWhileNobodyFollows,
        HistoryReachesWhatCameMeanwhile,
        WokenBeforeItIsThere,
        LookedForWhoWaitsBeforeItIsThere,
    }

    private enum Content
    {
        Nothing,
        Copies,
        NoCopies,
    }

    private enum Section
    {
        Out,
        Visible,
        Woken,
    }

    private enum Reader
    {
        Away,
        Began,
        Looks,
        Prepared,
        Counted,
        Decided,
        Scans,
        Waits,
        Ended,
    }

    [Fact]
    public void A2_a_reader_misses_and_repeats_nothing()
        => Closes("change tail", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.CaughtUpBesideThePublication, "I50-END")]
    [InlineData(Fault.WaitTakenAfterTheLook, "I50-AWAKE")]
    [InlineData(Fault.GapsNotLookedAt, "I50-WHOLE")]
    [InlineData(Fault.CommitWithoutCopiesNotAccountedFor, "I50-WHOLE")]
    [InlineData(Fault.NotAccountedForWhileNobodyFollows, "I50-AWAKE")]
    [InlineData(Fault.HistoryReachesWhatCameMeanwhile, "I50-WHOLE")]
    [InlineData(Fault.WokenBeforeItIsThere, "I50-AWAKE")]
    [InlineData(Fault.LookedForWhoWaitsBeforeItIsThere, "I50-AWAKE")]
    public void Change_tail_faults_are_caught(Fault fault, string rule)
        => Catches("change tail", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        Content[] contents = [Content.Nothing, Content.Copies, Content.NoCopies];
        var spec = Spec.From(new State())
            .Action("Publish", contents, (s, _) => s.Section == Section.Out && s.Published < Commits, (s, content) => s with
            {
                Published = (byte)(s.Published + 1),
                Content = content,
                WithEntries = content == Content.Nothing ? s.WithEntries : With(s.WithEntries, s.Published),
                Section = Section.Visible,
                SeesFollower = s.IsFollowed,
            });
        spec = fault == Fault.WokenBeforeItIsThere
            ? spec
                .Action("Wake", s => s.Section == Section.Visible, s => s.Wake() with { Section = Section.Woken })
                .Action("Put and leave", s => s.Section == Section.Woken, s => s.Put(fault) with { Section = Section.Out, SeesFollower = false })
            : fault == Fault.LookedForWhoWaitsBeforeItIsThere
            ? spec
                .Action("Look for who waits", s => s.Section == Section.Visible, s => s with { Section = Section.Woken, Wakers = (byte)(s.Wakers + (s.IsAwaited ? 1 : 0)) })
                .Action("Put and leave", s => s.Section == Section.Woken, s => s.Put(fault) with { Section = Section.Out, SeesFollower = false })
                .Action("Wake", s => s.Wakers > 0, s => s.Wake() with { Wakers = (byte)(s.Wakers - 1) })
            : spec
                .Action("Put and leave", s => s.Section == Section.Visible, s => s.Put(fault) with
                {
                    Section = Section.Out,
                    SeesFollower = false,
                    Wakers = (byte)(s.Wakers + (s.IsFollowed ? 1 : 0)),
                })
                .Action("Wake", s => s.Wakers > 0, s => s.Wake() with { Wakers = (byte)(s.Wakers - 1) });
        return spec
            .Action("Reader: join", s => s.Reader == Reader.Away && s.Section == Section.Out, s => s with { Reader = Reader.Looks, IsFollowed = true })
            .Action("Reader: begin to catch up", s => s.Reader == Reader.Away, s => s with { Reader = Reader.Began, End = s.Published })
            .Action("Reader: pass through the section", s => s.Reader == Reader.Began && (s.Section == Section.Out || fault == Fault.CaughtUpBesideThePublication), s => s with { Reader = Reader.Looks })
            .Action("Reader: prepare to wait", s => s.Reader == Reader.Looks, s => s with { Reader = Reader.Prepared, IsWoken = false })
            .Action("Reader: what is accounted for", s => s.Reader == Reader.Prepared, s => s with { Reader = Reader.Counted, Counted = s.Accounted })
            .Action("Reader: take from the ring", s => s.Reader == Reader.Counted, s => s.Take(fault))
            .Action("Reader: capture a view of history", s => s.Reader == Reader.Decided && s.Counted > s.Reached, s => s with { Reader = Reader.Scans, View = s.Published })
            .Action("Reader: history", s => s.Reader == Reader.Scans, s => s with
            {
                Reader = Reader.Looks,
                Told = (byte)(s.Told | (s.WithEntries & ((1 << s.View) - 1))),
                Reached = fault == Fault.HistoryReachesWhatCameMeanwhile ? s.Published : s.View,
                View = 0,
                Counted = 0,
            })
            .Action("Reader: end", s => s.Reader == Reader.Decided && s.Counted <= s.Reached && !s.IsFollowed, s => s with { Reader = Reader.Ended, Counted = 0 })
            .Action("Reader: wait", s => s.Reader == Reader.Decided && s.Counted <= s.Reached && s.IsFollowed, s => s with
            {
                Reader = Reader.Waits,
                Counted = 0,
                IsWoken = s.IsWoken && fault != Fault.WaitTakenAfterTheLook,
            })
            .Action("Reader: woken", s => s.Reader == Reader.Waits && s.IsWoken, s => s with { Reader = Reader.Looks })
            .Invariant("I50-WHOLE", "What a reader is through with it was told.", s => (s.WithEntries & ((1 << s.Reached) - 1) & ~s.Told) == 0)
            .Invariant("I50-AWAKE", "Nobody sleeps while there is something to tell, and nobody about to wake him.", s =>
                s.Reader != Reader.Waits || s.IsWoken || s.Wakers > 0 || s.Section != Section.Out || (s.WithEntries >> s.Reached) == 0)
            .Invariant("I50-END", "Who only catches up ends behind all that was there when he began.", s => s.Reader != Reader.Ended || (s.WithEntries & ((1 << s.End) - 1) & ~s.Told) == 0)
            .Reachable("OVERTAKEN", "A reader finds a gap before what the ring has.", s => s.Reader == Reader.Decided && s.RingSequence > s.Reached && s.RingPrevious > s.Reached)
            .Reachable("LIVE", "All but the first came from the ring.", s => s.Reached == Commits && s.FromRing == 0b1110)
            .Terminal(s => s.Published == Commits && s.Section == Section.Out && s.Wakers == 0 && (s.Reader == Reader.Ended || (s.Reader == Reader.Waits && !s.IsWoken)));
    }

    private readonly record struct State(
        byte Published = 0,
        Content Content = Content.Nothing,
        byte WithEntries = 0,
        Section Section = Section.Out,
        bool SeesFollower = false,
        byte Accounted = 0,
        byte RingSequence = 0,
        byte RingPrevious = 0,
        bool IsFollowed = false,
        Reader Reader = Reader.Away,
        bool IsWoken = false,
        byte Wakers = 0,
        byte Counted = 0,
        byte View = 0,
        byte Reached = 0,
        byte Told = 0,
        byte FromRing = 0,
        byte End = 0)
    {
        public State Put(Fault fault)
        {
            if (Content == Content.Nothing)
            {
                return this;
            }

            if (Content == Content.Copies && SeesFollower)
            {
                return this with { RingSequence = Published, RingPrevious = Accounted, Accounted = Published };
            }

            var isForgotten = fault == Fault.CommitWithoutCopiesNotAccountedFor ? SeesFollower : fault == Fault.NotAccountedForWhileNobodyFollows && !SeesFollower;
            return isForgotten ? this : this with { Accounted = Published };
        }

        // Whether a reader has a task that is not completed.
        public bool IsAwaited => !IsWoken && Reader is not (Reader.Away or Reader.Began or Reader.Looks or Reader.Ended);

        public State Wake() => IsAwaited ? this with { IsWoken = true } : this;

        public State Take(Fault fault)
            => RingSequence > Reached && (RingPrevious <= Reached || fault == Fault.GapsNotLookedAt)
                ? this with
                {
                    Reader = Reader.Looks,
                    Counted = 0,
                    Told = With(Told, RingSequence - 1),
                    FromRing = With(FromRing, RingSequence - 1),
                    Reached = RingSequence,
                }
                : this with { Reader = Reader.Decided };
    }
}
