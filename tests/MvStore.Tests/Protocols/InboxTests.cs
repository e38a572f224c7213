using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Blocks freed under another stripe than their own: two senders push chains to the owner's inbox, the owner takes it whole and hands the blocks out again,
/// so that a block may come back while a sender still remembers it as the first.
/// </summary>
public sealed class InboxTests(ITestOutputHelper output)
{
    private const int None = 0;
    private static readonly int[] Senders = [0, 1];

    public enum Fault
    {
        None,
        PushWithoutCompare,
        NotChainedAgain,
        TakeWithoutExchange,
    }

    private enum Phase
    {
        Idle,
        Seen,
        Linked,
    }

    [Fact]
    public void Every_block_comes_home_exactly_once()
        => Closes("inbox", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.PushWithoutCompare)]
    [InlineData(Fault.NotChainedAgain)]
    [InlineData(Fault.TakeWithoutExchange)]
    public void Inbox_faults_are_caught(Fault fault)
        => Catches("inbox", Make(fault), fault.ToString(), "ONCE", output);

    // Three blocks, 1 to 3. Each is at home (0), in use by a sender (1 or 2), on its way to the inbox (3), or there (4). A pair is block and sender.
    private static Spec<State> Make(Fault fault)
    {
        int[] pairs = [2, 3, 4, 5, 6, 7];
        var spec = Spec.From(default(State))
            .Action("Hand out", pairs, (s, p) => s.UserOf(p / 2) == 0, (s, p) => s with { Users = s.Users.With(p / 2, (p % 2) + 1) })
            .Action("Send", pairs, (s, p) => s.UserOf(p / 2) == (p % 2) + 1 && s.PhaseOf(p % 2) == Phase.Idle, (s, p) =>
                s.To(p % 2, Phase.Seen) with
                {
                    Users = s.Users.With(p / 2, 3),
                    Sent = s.Sent.With(p % 2, p / 2),
                    Seen = s.Seen.With(p % 2, s.Inbox),
                })
            .Action("Chain", Senders, (s, t) => s.PhaseOf(t) == Phase.Seen, (s, t) =>
                s.To(t, Phase.Linked) with { Next = s.Next.With(s.Sent[t], s.Seen[t]) })
            .Action("Push", Senders, (s, t) => s.PhaseOf(t) == Phase.Linked, (s, t) => s.Inbox == s.Seen[t] || fault == Fault.PushWithoutCompare
                ? s.To(t, Phase.Idle) with
                {
                    Inbox = (byte)s.Sent[t],
                    Users = s.Users.With(s.Sent[t], 4),
                    Sent = s.Sent.With(t, 0),
                    Seen = s.Seen.With(t, 0),
                }
                : s.To(t, fault == Fault.NotChainedAgain ? Phase.Linked : Phase.Seen) with { Seen = s.Seen.With(t, s.Inbox) });
        spec = fault switch
        {
            Fault.TakeWithoutExchange => spec
                .Action("Look", s => s.Inbox != None && s.Unsorted == None && s.Looked == 0, s => s with { Looked = s.Inbox })
                .Action("Take", s => s.Looked != 0, s => s with { Unsorted = s.Looked, Inbox = None, Looked = 0 }),
            _ => spec
                .Action("Take", s => s.Inbox != None && s.Unsorted == None, s => s with { Unsorted = s.Inbox, Inbox = None }),
        };
        return spec
            .Action("Sort", s => s.Unsorted != None, s => s.Arrive(s.Unsorted) with { Unsorted = (byte)s.Next[s.Unsorted] })
            .Invariant("ONCE", "What is sent is on the way, in the inbox or taken, once; nothing else is.", s => s.EachIsOnce())
            .Reachable("CAME-BACK", "A block is the first of the inbox again, with another behind it, for a sender that saw it there before.", s =>
                Senders.Any(t => s.PhaseOf(t) == Phase.Linked && s.Seen[t] != 0 && s.Seen[t] == s.Inbox && s.Next[s.Inbox] != 0))
            .Terminal(_ => false);
    }

    private readonly record struct State(
        Slots Phases,
        Slots Users,
        Slots Next,
        Slots Sent,
        Slots Seen,
        byte Inbox,
        byte Unsorted,
        byte Looked)
    {
        public Phase PhaseOf(int sender) => (Phase)Phases[sender];

        public int UserOf(int block) => Users[block];

        public State To(int sender, Phase phase) => this with { Phases = Phases.With(sender, (int)phase) };

        // The owner makes the block free; what it held is of no meaning any more.
        public State Arrive(int block) => this with { Users = Users.With(block, 0), Next = Next.With(block, 0) };

        // Walks the chains as the owner would: those pushed are exactly the blocks met.
        public bool EachIsOnce()
        {
            var met = 0;
            foreach (var first in (ReadOnlySpan<int>)[Inbox, Unsorted])
            {
                for (var block = first; block != 0; block = Next[block])
                {
                    if (Has(met, block))
                    {
                        return false;
                    }

                    met = With(met, block);
                }
            }

            for (var block = 1; block <= 3; block++)
            {
                if (Users[block] == 4 != Has(met, block))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
