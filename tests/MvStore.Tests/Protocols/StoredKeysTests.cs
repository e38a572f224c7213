using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The filter over the keys of the persistent tier (DESIGN 3, "Unknown keys"): two keys, each in the tier when it is opened or committed later; a flusher that applies a slice, lets the filter
/// follow, and moves its mark; eviction of what the mark covers; a walk over the tier, a key at a time, that reads and adds in two steps; a filter that begins anew, at any slice; a
/// reader that asks memory, then the filter, then the tier. I30 to I33.
/// </summary>
public sealed class StoredKeysTests(ITestOutputHelper output)
{
    private const int Keys = 2;

    public enum Fault
    {
        None,
        MarkMovesBeforeFollow,
        CompleteBeforeTheEnd,
        FollowStopsWhileWalking,
        BeginAnewStaysComplete,
        BeginAnewBesideApply,
        StaleWalkCompletes,
        FilterBeforeMemory,
    }

    private enum Flush
    {
        Idle,
        Taken,
        Applied,
        Followed,
    }

    private enum Step
    {
        Idle,
        Captured,
        FilterAsked,
        MemoryRead,
        Asking,
        Answered,
    }

    [Fact]
    public void B12_a_key_that_the_filter_does_not_know_is_in_no_tier()
        => Closes("stored keys", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.MarkMovesBeforeFollow, "I30-NOTED")]
    [InlineData(Fault.CompleteBeforeTheEnd, "I30-NOTED")]
    [InlineData(Fault.FollowStopsWhileWalking, "I30-NOTED")]
    [InlineData(Fault.BeginAnewStaysComplete, "I30-NOTED")]
    [InlineData(Fault.BeginAnewBesideApply, "I30-NOTED")]
    [InlineData(Fault.StaleWalkCompletes, "I30-NOTED")]
    [InlineData(Fault.FilterBeforeMemory, "B12-ANSWER")]
    public void Stored_keys_faults_are_caught(Fault fault, string rule)
        => Catches("stored keys", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        int[] keys = [.. Enumerable.Range(0, Keys)];
        var spec = Spec.From(default(State))
            .Action("Open", [0, 1, 2, 3], (s, _) => !s.IsOpen, (s, held) => s with
            {
                IsOpen = true,
                Published = (byte)held,
                Disk = (byte)held,
                Mark = (byte)held,
                IsComplete = held == 0,
            })
            .Action("Publish", keys, (s, k) => s.IsOpen && !Has(s.Published, k), (s, k) => s with
            {
                Published = With(s.Published, k),
                Memory = With(s.Memory, k),
            })
            .Action("Take slice", keys, (s, k) => s.Flush == Flush.Idle && Has(s.Memory, k) && !Has(s.Disk, k), (s, k) => s with
            {
                Flush = Flush.Taken,
                Slice = (byte)k,
            })
            .Action("Evict", keys, (s, k) => Has(s.Memory, k) && Has(s.Mark, k), (s, k) => s with { Memory = Without(s.Memory, k) })
            .Action("Walk begins", s => s.IsOpen && !s.IsComplete && s.Walk == 0, s => s with { Walk = 1, WalkGeneration = s.Generation })
            .Action("Walk reads", s => s.Walk is 1 or 3, s => s with { Walk = (byte)(s.Walk + 1), WalkSaw = Has(s.Disk, s.Walk / 2) })
            .Action("Walk adds", s => s.Walk is 2 or 4, s => s with
            {
                Walk = (byte)(s.Walk + 1),
                WalkSaw = false,
                Filter = s.WalkSaw && s.WalkGeneration == s.Generation ? With(s.Filter, (s.Walk / 2) - 1) : s.Filter,
            })
            .Action("Walk ends", s => s.Walk == 5 || (s.Walk == 3 && fault == Fault.CompleteBeforeTheEnd), s => s with
            {
                Walk = 0,
                WalkGeneration = 0,
                IsComplete = s.IsComplete || s.WalkGeneration == s.Generation || fault == Fault.StaleWalkCompletes,
            })
            .Action("Open view", keys, (s, _) => s.IsOpen && s.Reader == Step.Idle, (s, k) => s with
            {
                Reader = Step.Captured,
                Asked = (byte)k,
                Expected = Has(s.Published, k),
            })
            .Action("Ask tier", s => s.Reader == Step.Asking, s => s with { Reader = Step.Answered, Answer = Has(s.Disk, s.Asked) })
            .Action("Close view", s => s.Reader == Step.Answered, s => s with { Reader = Step.Idle, Asked = 0, Expected = false, Answer = false });

        spec = fault switch
        {
            Fault.MarkMovesBeforeFollow => spec
                .Action("Apply", s => s.Flush == Flush.Taken, s => s.Apply())
                .Action("Move mark", s => s.Flush == Flush.Applied, s => s.MoveMark(Flush.Followed))
                .Action("Follow", s => s.Flush == Flush.Followed, s => s.Follow() with { Flush = Flush.Idle, Slice = 0 }),
            Fault.BeginAnewBesideApply => spec
                .Action("Follow", s => s.Flush == Flush.Taken, s => s.Follow() with { Flush = Flush.Followed })
                .Action("Begin anew", s => s.IsOpen && s.Generation == 0, s => s.BeginAnew(fault))
                .Action("Apply", s => s.Flush == Flush.Followed, s => s.Apply())
                .Action("Move mark", s => s.Flush == Flush.Applied, s => s.MoveMark(Flush.Idle)),
            _ => spec
                .Action("Apply", s => s.Flush == Flush.Taken, s => s.Apply())
                .Action("Follow", s => s.Flush == Flush.Applied, s => fault == Fault.FollowStopsWhileWalking && s.Walk > 0
                    ? s with { Flush = Flush.Followed }
                    : s.Follow() with { Flush = Flush.Followed })
                .Action("Follow and begin anew", s => s.Flush == Flush.Applied && s.Generation == 0, s => s.BeginAnew(fault) with { Flush = Flush.Followed })
                .Action("Move mark", s => s.Flush == Flush.Followed, s => s.MoveMark(Flush.Idle)),
        };

        spec = fault == Fault.FilterBeforeMemory
            ? spec
                .Action("Ask filter", s => s.Reader == Step.Captured, s => s with { Reader = Step.FilterAsked, Answer = s.MayHold() })
                .Action("Read memory", s => s.Reader == Step.FilterAsked, s => Has(s.Memory, s.Asked)
                    ? s with { Reader = Step.Answered, Answer = true }
                    : s with { Reader = s.Answer ? Step.Asking : Step.Answered })
            : spec
                .Action("Read memory", s => s.Reader == Step.Captured, s => Has(s.Memory, s.Asked)
                    ? s with { Reader = Step.Answered, Answer = true }
                    : s with { Reader = Step.MemoryRead })
                .Action("Ask filter", s => s.Reader == Step.MemoryRead, s => s with { Reader = s.MayHold() ? Step.Asking : Step.Answered });

        return spec
            .Invariant("I30-NOTED", "A filter that says no knows every key that may have left memory.", s =>
                !s.IsComplete || (s.Mark & ~s.Filter) == 0)
            .Invariant("B12-ANSWER", "A key that the view can see is found.", s =>
                s.Reader != Step.Answered || s.Answer || !s.Expected)
            .Reachable("WALKED-AND-FOLLOWED", "One key was met by the walk and the other one followed meanwhile, both left memory, and the filter is complete.", s =>
                s.IsComplete && s.Filter == 3 && s.Memory == 0 && s.Disk == 3 && s.Generation == 0)
            .Reachable("ANEW", "A filter that began anew is complete.", s => s.IsComplete && s.Generation == 1 && s.Disk != 0)
            .Reachable("SAVED", "A key that is nowhere is answered without the tier.", s => s.Reader == Step.Answered && !s.Answer && s.IsComplete)
            .Terminal(_ => false);
    }

    private readonly record struct State(
        bool IsOpen,
        byte Published,
        byte Memory,
        byte Disk,
        byte Mark,
        byte Filter,
        bool IsComplete,
        byte Generation,
        byte Walk,
        byte WalkGeneration,
        bool WalkSaw,
        Flush Flush,
        byte Slice,
        Step Reader,
        byte Asked,
        bool Expected,
        bool Answer)
    {
        public bool MayHold() => !IsComplete || Has(Filter, Asked);

        public State Apply() => this with { Flush = Flush.Applied, Disk = With(Disk, Slice) };

        public State Follow() => this with { Filter = With(Filter, Slice) };

        public State MoveMark(Flush next) => this with { Flush = next, Mark = With(Mark, Slice), Slice = next == Flush.Idle ? (byte)0 : Slice };

        public State BeginAnew(Fault fault) => this with
        {
            Generation = 1,
            Filter = 0,
            IsComplete = fault == Fault.BeginAnewStaysComplete && IsComplete,
        };
    }
}
