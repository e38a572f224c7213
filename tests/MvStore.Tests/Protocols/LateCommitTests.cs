using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Three commits race for one version over two keys (DESIGN 3, "Commit"): one writes A, one A and B, one B; each may be fresh or late, may
/// fail after it took its sequence, and is flushed and evicted at any step; a higher version may be published at any step. A late commit
/// gives up the gate and its announcement at the earliest instant the design allows, when it begins. I3, contract A4.
/// </summary>
public sealed class LateCommitTests(ITestOutputHelper output)
{
    private static readonly int[] Commits = [0, 1, 2];
    private static readonly int[] KeysOf = [0b01, 0b11, 0b10];
    private static readonly (int Commit, int Key)[] Entries = [(0, 0), (1, 0), (1, 1), (2, 1)];

    public enum Fault
    {
        None,
        NoGate,
        NoAnnouncement,
        NoWait,
        TierBeforeMemory,
        MemoryOnly,
        FreshIgnoresInFlight,
    }

    private enum Phase
    {
        Idle,
        WantsGate,
        Announced,
        CheckFirstA,
        CheckSecondA,
        CheckFirstB,
        CheckSecondB,
        Checked,
        InFlight,
        Linked,
        Failing,
        Published,
        NoOp,
        Refused,
    }

    [Fact]
    public void A4_one_entry_for_a_key_and_version_also_when_commits_race()
        => Closes("late commits", Honest(Make(Fault.None)), output);

    [Theory]
    [InlineData(Fault.NoGate, "I3-ONCE")]
    [InlineData(Fault.NoAnnouncement, "I3-ONCE")]
    [InlineData(Fault.NoWait, "I3-ONCE")]
    [InlineData(Fault.TierBeforeMemory, "I3-ONCE")]
    [InlineData(Fault.MemoryOnly, "I3-ONCE")]
    [InlineData(Fault.FreshIgnoresInFlight, "I3-ONCE")]
    public void Late_commit_faults_are_caught(Fault fault, string rule)
        => Catches("late commits", Make(fault), fault.ToString(), rule, output);

    [Fact]
    public void A4_a_commit_that_does_not_wait_is_refused_because_of_one_that_fails()
        => Catches("late commits", Honest(Make(Fault.NoWait)), nameof(Fault.NoWait), "A4-HONEST", output);

    private static Spec<State> Honest(Spec<State> spec)
        => spec.Rule("A4-HONEST", "A commit is refused only because another one succeeded.",
            (before, after) => Commits.Any(c => before.PhaseOf(c) != Phase.Refused && after.PhaseOf(c) == Phase.Refused),
            (before, after) => Commits.Where(c => before.PhaseOf(c) != Phase.Refused && after.PhaseOf(c) == Phase.Refused)
                .All(c => Commits.Any(o => o != c && (KeysOf[o] & KeysOf[c]) != 0 && after.PhaseOf(o) == Phase.Published)));

    private static Spec<State> Make(Fault fault)
        => Spec.From(default(State))
            .Action("Publish above", s => !s.Above, s => s with { Above = true })
            .Action("Arrive", Commits, (s, c) => s.PhaseOf(c) == Phase.Idle, (s, c) =>
                s.To(c, s.IsFresh(fault) ? Phase.InFlight : Phase.WantsGate))
            .Action("Announce", Commits, (s, c) => s.PhaseOf(c) == Phase.WantsGate && (!s.GateTaken || fault == Fault.NoGate), (s, c) =>
                s.To(c, Phase.Announced))
            .Action("Waited", Commits, (s, c) => s.PhaseOf(c) == Phase.Announced && (!s.AnyInFlight || fault == Fault.NoWait), (s, c) =>
                s.To(c, (KeysOf[c] & 1) != 0 ? Phase.CheckFirstA : Phase.CheckFirstB))
            .Action("Check", Commits, (s, c) => s.PhaseOf(c) is >= Phase.CheckFirstA and <= Phase.CheckSecondB, (s, c) => s.Check(c, fault))
            .Action("Begin late", Commits, (s, c) => s.PhaseOf(c) == Phase.Checked, (s, c) => s.To(c, Phase.InFlight))
            .Action("Link", Entries, (s, e) => s.MayLink(e.Commit, e.Key), (s, e) => s.Link(e.Commit, e.Key))
            .Action("Fail", Commits, (s, c) => s.PhaseOf(c) is Phase.InFlight or Phase.Linked, (s, c) => s.To(c, Phase.Failing))
            .Action("Unlink", Commits, (s, c) => s.PhaseOf(c) == Phase.Failing, (s, c) => s.Unlink(c).To(c, Phase.NoOp))
            .Action("Publish", Commits, (s, c) => s.PhaseOf(c) == Phase.Linked, (s, c) => s.To(c, Phase.Published))
            .Action("Flush", Commits, (s, c) => s.PhaseOf(c) == Phase.Published && !s.OnDisk(c), (s, c) => s.Flush(c))
            .Action("Evict", Entries, (s, e) => s.OnDisk(e.Commit) && s.InMemory(e.Commit, e.Key), (s, e) => s.Evict(e.Commit, e.Key))
            .Invariant("I3-ONCE", "At most one entry exists for a (key, version), over both tiers.", s =>
                s.Writers(0) <= 1 && s.Writers(1) <= 1)
            .Reachable("BOTH-ENDS", "The commits of A and of B both succeed and the one of both is refused.", s =>
                s.PhaseOf(0) == Phase.Published && s.PhaseOf(2) == Phase.Published && s.PhaseOf(1) == Phase.Refused)
            .Reachable("LATE-SUCCEEDS", "A late commit succeeds after a fresh one failed.", s =>
                s.PhaseOf(0) == Phase.NoOp && s.PhaseOf(1) == Phase.Published)
            .Terminal(s => s.Above && Commits.All(c => s.PhaseOf(c) switch
            {
                Phase.Published => s.OnDisk(c) && !s.InMemory(c, 0) && !s.InMemory(c, 1),
                Phase.NoOp or Phase.Refused => true,
                _ => false,
            }));

    private readonly record struct State(Slots Phases, bool Above, byte Memory, byte Disk)
    {
        public bool GateTaken => Any(Phase.Announced, Phase.Checked);

        public bool AnyInFlight => Any(Phase.InFlight, Phase.Failing);

        public Phase PhaseOf(int commit) => (Phase)Phases[commit];

        public State To(int commit, Phase phase) => this with { Phases = Phases.With(commit, (int)phase) };

        // A no-op does not raise the highest published version here: the weaker assumption, so the stronger proof.
        public bool IsFresh(Fault fault)
            => !Above
                && !Any(Phase.Published, Phase.Published)
                && (!AnyInFlight || fault == Fault.FreshIgnoresInFlight)
                && (!GateTaken || fault == Fault.NoAnnouncement);

        public bool InMemory(int commit, int key) => Has(Memory, Bit(commit, key));

        public bool OnDisk(int commit) => (Disk >> (2 * commit) & 3) != 0;

        public bool MayLink(int commit, int key)
            => PhaseOf(commit) == Phase.InFlight && Has(KeysOf[commit], key) && !InMemory(commit, key);

        public State Link(int commit, int key)
        {
            var linked = this with { Memory = With(Memory, Bit(commit, key)) };
            return (linked.Memory >> (2 * commit) & 3) == KeysOf[commit] ? linked.To(commit, Phase.Linked) : linked;
        }

        public State Unlink(int commit) => this with { Memory = (byte)(Memory & ~(3 << (2 * commit))) };

        public State Flush(int commit) => this with { Disk = (byte)(Disk | KeysOf[commit] << (2 * commit)) };

        public State Evict(int commit, int key) => this with { Memory = Without(Memory, Bit(commit, key)) };

        public State Check(int commit, Fault fault)
        {
            var phase = PhaseOf(commit);
            var key = phase is Phase.CheckFirstA or Phase.CheckSecondA ? 0 : 1;
            var first = phase is Phase.CheckFirstA or Phase.CheckFirstB;
            var inMemory = first != (fault == Fault.TierBeforeMemory);
            var tier = inMemory ? Memory : fault == Fault.MemoryOnly ? 0 : Disk;
            if (((tier >> key) & 0b010101) != 0)
            {
                return To(commit, Phase.Refused);
            }

            var next = phase == Phase.CheckSecondA && (KeysOf[commit] & 2) == 0 ? Phase.Checked : phase + 1;
            return To(commit, next);
        }

        public int Writers(int key)
        {
            var all = Memory | Disk;
            return (all >> key & 1) + (all >> (2 + key) & 1) + (all >> (4 + key) & 1);
        }

        private static int Bit(int commit, int key) => (2 * commit) + key;

        private bool Any(Phase from, Phase to)
        {
            for (var c = 0; c < 3; c++)
            {
                if (PhaseOf(c) >= from && PhaseOf(c) <= to)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
