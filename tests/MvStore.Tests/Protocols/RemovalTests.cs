using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Removing a key whose time is over (DESIGN 3, "Commits under a watch" and "Keys that expire", I60, I42): two updates of the key, each of which is looked at for the watch there is, begins and is noted if
/// that is the watch there is still, or is looked at inside, is published, written to the tier and leaves memory at any step; and one removal that sets a watch, waits, reads memory and then the tier, and begins, if
/// it was over and nobody touched it. Each update may fail once it began.
/// </summary>
public sealed class RemovalTests(ITestOutputHelper output)
{
    private static readonly int[] Updates = [0, 1];

    public enum Fault
    {
        None,
        ReadsBeforeWatching,
        DoesNotWait,
        TierBeforeMemory,
        NotedAfterBeginning,
        NotLookedAtAgainInside,
        CheckedBeforeBeginning,
        EndedBeforeBeginning,
    }

    private enum Update
    {
        Idle,
        LookedNoWatch,
        LookedWatch,
        Begun,
        Published,
        Durable,
        Evicted,
        NoOp,
    }

    private enum Removal
    {
        Idle,
        Watching,
        Waited,
        ReadOne,
        Read,
        Checked,
        Begun,
        GivenUp,
    }

    [Fact]
    public void E5_a_key_is_removed_only_if_no_update_began_that_was_not_seen()
        => Closes("removal", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.ReadsBeforeWatching)]
    [InlineData(Fault.DoesNotWait)]
    [InlineData(Fault.TierBeforeMemory)]
    [InlineData(Fault.NotedAfterBeginning)]
    [InlineData(Fault.NotLookedAtAgainInside)]
    [InlineData(Fault.CheckedBeforeBeginning)]
    [InlineData(Fault.EndedBeforeBeginning)]
    public void Removal_faults_are_caught(Fault fault)
        => Catches("removal", Make(fault), fault.ToString(), "I42-SEEN", output);

    private static Spec<State> Make(Fault fault) => fault switch
    {
        Fault.NotedAfterBeginning => Common(fault)
            .Action("Update: note late", Updates, (s, u) => s.Of(u) == Update.Begun && s.IsWatched && !s.IsTouched, (s, _) => s with { IsTouched = true }),
        Fault.ReadsBeforeWatching => Common(fault)
            .Action("Removal: read without a watch", s => s.Step == Removal.Idle, s =>
                s with { Step = Removal.ReadOne, View = s.Settled, Seen = s.InMemory & s.Settled }),
        Fault.CheckedBeforeBeginning or Fault.EndedBeforeBeginning => Common(fault)
            .Action("Removal: check", s => s.Step == Removal.Read && s.IsWatched && s.Seen == 0, s =>
                s.IsTouched ? s.GiveUp() : s with { Step = Removal.Checked, IsWatched = fault != Fault.EndedBeforeBeginning }),
        _ => Common(fault),
    };

    private static Spec<State> Common(Fault fault)
        => Spec.From(default(State))
            .Action("Update: look", Updates, (s, u) => s.Of(u) == Update.Idle, (s, u) => s.To(u, s.IsWatched ? Update.LookedWatch : Update.LookedNoWatch))
            .Action("Update: begin, or look again", Updates, (s, u) => s.IsLooked(u), (s, u) => s.IsLookedAtFor(u) || fault == Fault.NotLookedAtAgainInside
                ? s.Begin(u, s.Of(u) == Update.LookedWatch && fault != Fault.NotedAfterBeginning)
                : s.To(u, Update.Idle))
            .Action("Update: look inside, and begin", Updates, (s, u) => s.IsLooked(u) && !s.IsLookedAtFor(u), (s, u) => s.Begin(u, isNoted: s.IsWatched))
            .Action("Update: publish", Updates, (s, u) => s.Of(u) == Update.Begun && s.IsFirst(u), (s, u) => s.To(u, Update.Published))
            .Action("Update: fail", Updates, (s, u) => s.Of(u) == Update.Begun && s.IsFirst(u), (s, u) => s.To(u, Update.NoOp))
            .Action("Write to the tier", Updates, (s, u) => s.Of(u) == Update.Published, (s, u) => s.To(u, Update.Durable))
            .Action("Evict", Updates, (s, u) => s.Of(u) == Update.Durable, (s, u) => s.To(u, Update.Evicted))
            .Action("Removal: watch", s => s.Step == (fault == Fault.ReadsBeforeWatching ? Removal.Read : Removal.Idle) && !s.IsWatched, s => s with
            {
                IsWatched = true,
                BegunBefore = s.Begun,
                Step = fault == Fault.ReadsBeforeWatching ? Removal.Read : Removal.Watching,
            })
            .Action("Removal: wait", s => s.Step == Removal.Watching && (fault == Fault.DoesNotWait || s.HasPublished(s.BegunBefore)), s =>
                s with { Step = Removal.Waited, View = s.Settled })
            .Action("Removal: read one tier", s => s.Step == Removal.Waited, s =>
                s with { Step = Removal.ReadOne, Seen = (fault == Fault.TierBeforeMemory ? s.InTier : s.InMemory) & s.View })
            .Action("Removal: read the other", s => s.Step == Removal.ReadOne, s =>
                s with { Step = Removal.Read, Seen = s.Seen | ((fault == Fault.TierBeforeMemory ? s.InMemory : s.InTier) & s.View) })
            .Action("Removal: what was updated lives on", s => s.Step == Removal.Read && s.IsWatched && s.Seen != 0, s => s.GiveUp())
            .Action("Removal: begin", s => s.Seen == 0 && s.MayBegin(fault), s =>
                s.IsTouched && fault != Fault.CheckedBeforeBeginning && fault != Fault.EndedBeforeBeginning
                    ? s.GiveUp()
                    : s with { Step = Removal.Begun, IsWatched = false, BegunBeforeRemoval = s.Begun })
            .Invariant("I42-SEEN", "No update began before the removal that the removal did not see, unless it came to nothing.", s =>
                s.Step != Removal.Begun || (s.BegunBeforeRemoval & ~s.Failed & ~s.StillIn) == 0)
            .Reachable("REMOVED", "The key is removed before both updates.", s => s.Step == Removal.Begun && s.Begun == 3 && s.BegunBeforeRemoval == 0)
            .Reachable("TOUCHED", "An update under the watch stops the removal.", s => s.Step == Removal.GivenUp && s.IsTouched && s.Seen == 0)
            .Reachable("SEEN", "An update that has left memory before stops the removal.", s => s.Step == Removal.GivenUp && s.Seen != 0 && !s.IsTouched)
            .Reachable("FAILED", "The key is removed although an update had begun, which failed.", s => s.Step == Removal.Begun && s.BegunBeforeRemoval != 0)
            .Terminal(s => s.Step is Removal.Begun or Removal.GivenUp && Updates.All(u => s.Of(u) is Update.Evicted or Update.NoOp));

    private readonly record struct State(
        Slots Phases,
        byte Order = 0,
        int Begun = 0,
        int BegunBefore = 0,
        int BegunBeforeRemoval = 0,
        int View = 0,
        int Seen = 0,
        bool IsWatched = false,
        bool IsTouched = false,
        Removal Step = Removal.Idle)
    {
        /// <summary>What can be seen in memory by anybody: it is published.</summary>
        public int InMemory => Mask(Update.Published, Update.Durable);

        public int InTier => Mask(Update.Durable, Update.Evicted);

        public int Failed => Mask(Update.NoOp, Update.NoOp);

        /// <summary>Those that may still come to nothing.</summary>
        public int StillIn => Mask(Update.Begun, Update.Begun);

        /// <summary>What a view that is captured now covers.</summary>
        public int Settled => Mask(Update.Published, Update.Evicted);

        public Update Of(int update) => (Update)Phases[update];

        public State To(int update, Update phase) => this with { Phases = Phases.With(update, (int)phase) };

        public bool HasPublished(int updates)
        {
            var through = Mask(Update.Published, Update.NoOp);
            return (updates & ~through) == 0;
        }

        /// <summary>Whether nothing that began earlier is in flight (I1).</summary>
        public bool IsFirst(int update) => Of(1 - update) != Update.Begun || Order != 2 - update;

        public bool MayBegin(Fault fault) => fault switch
        {
            Fault.CheckedBeforeBeginning or Fault.EndedBeforeBeginning => Step == Removal.Checked,
            _ => Step == Removal.Read && IsWatched,
        };

        public bool IsLooked(int update) => Of(update) is Update.LookedNoWatch or Update.LookedWatch;

        /// <summary>Whether the watch it was looked at for, or none, is the one that is set.</summary>
        public bool IsLookedAtFor(int update) => Of(update) == Update.LookedWatch == IsWatched;

        public State Begin(int update, bool isNoted)
        {
            var begun = this with { Begun = With(Begun, update), Order = Order == 0 ? (byte)(update + 1) : Order, IsTouched = IsTouched || isNoted };
            return begun.To(update, Update.Begun);
        }

        public State GiveUp() => this with { Step = Removal.GivenUp, IsWatched = false };

        private int Mask(Update from, Update to)
        {
            var mask = 0;
            foreach (var update in Updates)
            {
                mask |= Of(update) >= from && Of(update) <= to ? 1 << update : 0;
            }

            return mask;
        }
    }
}
