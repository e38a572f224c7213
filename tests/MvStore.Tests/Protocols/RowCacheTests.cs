using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The cache of rows from the persistent tier (DESIGN 3, "Rows that are read again"): one key with the versions 1 to 3, committed in any order, some in the tier when it is
/// opened; a flusher that applies, lets the cache follow (first the marks, then the row), and moves its mark; eviction; one reader that reads memory, then the cache, and else takes a ticket in two
/// loads, asks the tier and keeps the answer. I34: what is cached never hides what has left memory.
/// </summary>
public sealed class RowCacheTests(ITestOutputHelper output)
{
    private const int Versions = 3;

    public enum Fault
    {
        None,
        FollowsBeforeApply,
        FollowsBehindTheMark,
        KeepsWhatASliceOvertook,
        KeepsForAnyView,
        MarksBeforeStamp,
        MarksBehindStamp,
        ServesAnyView,
        CacheBeforeMemory,
    }

    private enum Flush
    {
        Idle,
        Applied,
        Marked,
        Followed,
    }

    private enum Step
    {
        Idle,
        Captured,
        CacheRead,
        MemoryRead,
        Missed,
        HalfTicket,
        Ticket,
        TierRead,
        Answered,
    }

    [Fact]
    public void B12_a_cached_row_never_hides_one_that_has_left_memory()
        => Closes("row cache", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.FollowsBeforeApply)]
    [InlineData(Fault.FollowsBehindTheMark)]
    [InlineData(Fault.KeepsWhatASliceOvertook)]
    [InlineData(Fault.KeepsForAnyView)]
    [InlineData(Fault.MarksBeforeStamp)]
    [InlineData(Fault.MarksBehindStamp)]
    [InlineData(Fault.ServesAnyView)]
    [InlineData(Fault.CacheBeforeMemory)]
    public void Row_cache_faults_are_caught(Fault fault)
        => Catches("row cache", Make(fault), fault.ToString(), "B12-ANSWER", output);

    private static Spec<State> Make(Fault fault)
    {
        int[] versions = [.. Enumerable.Range(1, Versions)];
        var spec = Spec.From(default(State))
            .Action("Open", [0, 1, 2, 3], (s, _) => !s.IsOpen, (s, held) => (held == 0 ? s : s.Publish(held) with { Memory = 0, Disk = With(0, held), Mark = 1, SequenceMark = 1, VersionMark = (byte)held }) with { IsOpen = true })
            .Action("Publish", versions, (s, v) => s.IsOpen && s.SequenceOf(v) == 0, (s, v) => s.Publish(v))
            .Action("Evict", versions, (s, v) => Has(s.Memory, v) && s.SequenceOf(v) <= s.Mark, (s, v) => s with { Memory = Without(s.Memory, v) })
            .Action("Open view", versions, (s, _) => s.IsOpen && s.Reader == Step.Idle, (s, at) => s with { Reader = Step.Captured, At = (byte)at, View = s.Published })
            .Action("Ask tier", s => s.Reader == Step.Ticket, s => s with { Reader = Step.TierRead, OnDisk = (byte)s.Best(s.Disk) })
            .Action("Keep", s => s.Reader == Step.TierRead, s => s with
            {
                Reader = Step.Answered,
                Answer = Math.Max(s.Answer, s.OnDisk),
                Cached = s.OnDisk != 0
                    && (s.IsCurrent || fault == Fault.KeepsForAnyView)
                    && (s.Ticket == s.Stamp || fault == Fault.KeepsWhatASliceOvertook)
                    ? s.OnDisk
                    : s.Cached,
            })
            .Action("Close view", s => s.Reader == Step.Answered, s => s.WithoutReader())
            .Action("Row leaves the cache", s => s.Cached != 0, s => s with { Cached = 0 });

        spec = fault switch
        {
            Fault.FollowsBeforeApply => spec
                .Action("Follow: marks", s => s.Flush == Flush.Idle && s.Mark < s.Published, s => s.FollowMarks())
                .Action("Follow: row", s => s.Flush == Flush.Marked, s => s.FollowRow())
                .Action("Apply", s => s.Flush == Flush.Followed, s => s.Apply())
                .Action("Move mark", s => s.Flush == Flush.Applied, s => s.MoveMark(Flush.Idle)),
            Fault.FollowsBehindTheMark => spec
                .Action("Apply", s => s.Flush == Flush.Idle && s.Mark < s.Published, s => s.Apply())
                .Action("Move mark", s => s.Flush == Flush.Applied, s => s.MoveMark(Flush.Followed))
                .Action("Follow", s => s.Flush == Flush.Followed, s => (s with { Mark = (byte)(s.Mark - 1) }).FollowMarks().FollowRow() with { Mark = s.Mark, Flush = Flush.Idle }),
            Fault.MarksBehindStamp => spec
                .Action("Apply", s => s.Flush == Flush.Idle && s.Mark < s.Published, s => s.Apply())
                .Action("Follow: row", s => s.Flush == Flush.Applied, s => s.FollowRow())
                .Action("Follow: marks, moved mark", s => s.Flush == Flush.Followed, s => s.FollowMarksAndMove())
                .Action("Move mark early", s => s.Flush == Flush.Followed && s.SequenceMark <= s.Mark, s => s.FollowMarksAndMove()),
            _ => spec
                .Action("Apply", s => s.Flush == Flush.Idle && s.Mark < s.Published, s => s.Apply())
                .Action("Follow: marks", s => s.Flush == Flush.Applied, s => s.FollowMarks())
                .Action("Follow: row", s => s.Flush == Flush.Marked, s => s.FollowRow())
                .Action("Move mark", s => s.Flush == Flush.Followed, s => s.MoveMark(Flush.Idle)),
        };

        spec = fault == Fault.CacheBeforeMemory
            ? spec
                .Action("Read cache", s => s.Reader == Step.Captured, s => s.ReadCache(fault) is var r && r.Reader == Step.Answered ? r with { Reader = Step.CacheRead } : s with { Reader = Step.MemoryRead })
                .Action("Read memory", s => s.Reader is Step.CacheRead or Step.MemoryRead, s => s with
                {
                    Reader = s.Reader == Step.CacheRead ? Step.Answered : Step.Missed,
                    Answer = (byte)Math.Max(s.Answer, s.Best(s.Memory)),
                })
            : spec
                .Action("Read memory", s => s.Reader == Step.Captured, s => s with { Reader = Step.MemoryRead, Answer = (byte)s.Best(s.Memory) })
                .Action("Read cache", s => s.Reader == Step.MemoryRead, s => s.ReadCache(fault));

        spec = fault == Fault.MarksBeforeStamp
            ? spec
                .Action("Ticket: marks", s => s.Reader == Step.Missed, s => s.TakeMarks() with { Reader = Step.HalfTicket })
                .Action("Ticket: stamp", s => s.Reader == Step.HalfTicket, s => s with { Reader = Step.Ticket, Ticket = s.Stamp })
            : spec
                .Action("Ticket: stamp", s => s.Reader == Step.Missed, s => s with { Reader = Step.HalfTicket, Ticket = s.Stamp })
                .Action("Ticket: marks", s => s.Reader == Step.HalfTicket, s => s.TakeMarks() with { Reader = Step.Ticket });

        return spec
            .Invariant("B12-ANSWER", "Whichever way it came, the answer is the newest entry that the view can see.", s =>
                s.Reader != Step.Answered || s.Answer == s.Expected())
            .Reachable("SERVED", "An answer comes from the cache although newer versions are in the tier's way.", s =>
                s.Reader == Step.Answered && s.Cached != 0 && s.Answer == s.Cached && !Has(s.Memory, s.Cached) && s.Ticket == 0 && s.OnDisk == 0)
            .Terminal(_ => false);
    }

    private readonly record struct State(
        bool IsOpen,
        Slots Order,
        byte Published,
        byte Memory,
        byte Disk,
        byte Mark,
        Flush Flush,
        byte Stamp,
        byte SequenceMark,
        byte VersionMark,
        byte Cached,
        Step Reader,
        byte At,
        byte View,
        byte Ticket,
        bool IsCurrent,
        byte OnDisk,
        byte Answer)
    {
        // The publication that the flusher is at: one a slice.
        private int Slice => Order[Mark + 1];

        public int SequenceOf(int version)
        {
            for (var sequence = 1; sequence <= Published; sequence++)
            {
                if (Order[sequence] == version)
                {
                    return sequence;
                }
            }

            return 0;
        }

        public State Publish(int version) => this with
        {
            Published = (byte)(Published + 1),
            Order = Order.With(Published + 1, version),
            Memory = With(Memory, version),
        };

        public State Apply() => this with { Flush = Flush.Applied, Disk = With(Disk, Slice) };

        public State FollowMarks() => this with
        {
            Flush = Flush.Marked,
            SequenceMark = (byte)(Mark + 1),
            VersionMark = (byte)Math.Max(VersionMark, Slice),
        };

        public State FollowRow() => this with { Flush = Flush.Followed, Stamp = (byte)(Stamp + 1), Cached = 0 };

        public State FollowMarksAndMove() => FollowMarks().MoveMark(Flush.Idle);

        public State MoveMark(Flush next) => this with { Flush = next, Mark = (byte)(Mark + 1) };

        public State TakeMarks() => this with { IsCurrent = View >= SequenceMark && At >= VersionMark };

        public State ReadCache(Fault fault)
            => Cached != 0 && ((Cached <= At && SequenceOf(Cached) <= View) || fault == Fault.ServesAnyView)
                ? this with { Reader = Step.Answered, Answer = Math.Max(Answer, Cached) }
                : this with { Reader = Step.Missed };

        public State WithoutReader() => this with { Reader = Step.Idle, At = 0, View = 0, Ticket = 0, IsCurrent = false, OnDisk = 0, Answer = 0 };

        public int Best(int tier)
        {
            for (var version = (int)At; version > 0; version--)
            {
                if (Has(tier, version) && SequenceOf(version) is var s && s != 0 && s <= View)
                {
                    return version;
                }
            }

            return 0;
        }

        public int Expected() => Best((1 << (Versions + 1)) - 2);
    }
}
