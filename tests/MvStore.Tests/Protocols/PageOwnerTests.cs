using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// A page of a heap that changes its owner: two stripes, each under at most one lease, and two blocks of the page. A block is freed by whoever holds any
/// lease; it goes to the owner that he reads, and on from there when that one is the owner no more.
/// </summary>
public sealed class PageOwnerTests(ITestOutputHelper output)
{
    private static readonly int[] Stripes = [0, 1];
    private static readonly int[] StripesAndBlocks = [0, 1, 2, 3];

    public enum Fault
    {
        None,
        TakenOverWithoutItsLease,
        SortedWithoutLooking,
    }

    private enum Holder
    {
        Nobody,
        Working,
        Touching,
        Other,
    }

    private enum Place
    {
        Free,
        Used,
        InFirstInbox,
        InSecondInbox,
    }

    [Fact]
    public void A_page_is_touched_only_under_the_lease_of_its_owner()
        => Closes("ownership", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.TakenOverWithoutItsLease)]
    [InlineData(Fault.SortedWithoutLooking)]
    public void Ownership_faults_are_caught(Fault fault)
        => Catches("ownership", Make(fault), fault.ToString(), "ALONE", output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(default(State))
            .Action("Lease", Stripes, (s, x) => s.HolderOf(x) == Holder.Nobody, (s, x) => s.To(x, Holder.Working))
            .Action("End lease", Stripes, (s, x) => s.HolderOf(x) == Holder.Working, (s, x) => s.To(x, Holder.Nobody))
            .Action("Find a free block of an own page", StripesAndBlocks, (s, p) =>
                s.HolderOf(p / 2) == Holder.Working && s.Owner == p / 2 && s.PlaceOf(p % 2) == Place.Free, (s, p) =>
                s.To(p / 2, Holder.Touching).Move(p % 2, Place.Used))
            .Action("Free a block of an own page", StripesAndBlocks, (s, p) =>
                s.HolderOf(p / 2) == Holder.Working && s.Owner == p / 2 && s.PlaceOf(p % 2) == Place.Used, (s, p) =>
                s.To(p / 2, Holder.Touching).Move(p % 2, Place.Free))
            .Action("Send a block of another's page", StripesAndBlocks, (s, p) =>
                s.HolderOf(p / 2) == Holder.Working && s.Owner != p / 2 && s.PlaceOf(p % 2) == Place.Used, (s, p) =>
                s.Move(p % 2, s.InboxOfOwner))
            .Action("Sort a block", StripesAndBlocks, (s, p) =>
                s.HolderOf(p / 2) == Holder.Working && s.PlaceOf(p % 2) == Place.InFirstInbox + (p / 2), (s, p) =>
                s.Owner == p / 2 || fault == Fault.SortedWithoutLooking
                    ? s.To(p / 2, Holder.Touching).Move(p % 2, Place.Free)
                    : s.Move(p % 2, s.InboxOfOwner))
            .Action("Touched", Stripes, (s, x) => s.HolderOf(x) == Holder.Touching, (s, x) => s.To(x, Holder.Working))
            .Action("Lease the other too", Stripes, (s, x) =>
                s.HolderOf(x) == Holder.Working && s.Owner != x
                && (s.HolderOf(1 - x) == Holder.Nobody || fault == Fault.TakenOverWithoutItsLease), (s, x) =>
                fault == Fault.TakenOverWithoutItsLease ? s with { Owner = (byte)x } : s.To(1 - x, Holder.Other))
            .Action("Take the page over", Stripes, (s, x) =>
                s.HolderOf(1 - x) == Holder.Other && s.Owner != x && Stripes.Any(b => s.PlaceOf(b) == Place.Free), (s, x) =>
                s with { Owner = (byte)x })
            .Action("End the other lease", Stripes, (s, x) => s.HolderOf(1 - x) == Holder.Other, (s, x) => s.To(1 - x, Holder.Nobody))
            .Invariant("ALONE", "Who touches a page holds the lease of its owner.", s =>
                Stripes.All(x => s.HolderOf(x) != Holder.Touching || s.Owner == x))
            .Reachable("SENT-ON", "A block is in the inbox of a stripe that owns the page no more.", s =>
                s.Owner == 1 && s.PlaceOf(0) == Place.InFirstInbox)
            .Terminal(_ => false);

    private readonly record struct State(Slots Holders, Slots Places, byte Owner)
    {
        public Place InboxOfOwner => Place.InFirstInbox + Owner;

        public Holder HolderOf(int stripe) => (Holder)Holders[stripe];

        public Place PlaceOf(int block) => (Place)Places[block];

        public State To(int stripe, Holder holder) => this with { Holders = Holders.With(stripe, (int)holder) };

        public State Move(int block, Place place) => this with { Places = Places.With(block, (int)place) };
    }
}
