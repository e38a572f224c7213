using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Where a log ends when it is opened, and whether it is torn or damaged (DESIGN 9, "Opening"; I15, I18): frames are written and synced, a sync fails, the process is killed, the power fails
/// and takes any part of what was not synced, one frame is damaged at rest, files are used again; all of it several times. Contract D3, F3.
/// </summary>
public sealed class TornLogTests(ITestOutputHelper output)
{
    private const int Places = 3;
    private const int MostCommits = 4;
    private const int MostOpenings = 3;
    private const int MarkSurvives = 1 << Places;

    private static readonly int[] Numbers = [1, 2, 3];

    // Of each frame whether it survives a power failure although it was not synced, and whether the mark does.
    private static readonly int[] Survivals = [.. Enumerable.Range(0, 2 * MarkSurvives)];

    public enum Fault
    {
        None,
        ClaimsWhatIsOnlyWritten,
        MarksBeforeTheSync,
        IgnoresTheMark,
        IgnoresTraces,
        TakesEveryTraceForDamage,
        TakesFramesOfAnEarlierUse,
        TellsWhatIsOnlyVisible,
        GoesOnWithoutANewSegment,
    }

    private enum Stage
    {
        Down,
        Serving,
        Refused,
    }

    [Fact]
    public void I18_a_power_failure_never_looks_like_damage_and_proven_damage_never_like_a_torn_end()
        => Closes("torn log", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.ClaimsWhatIsOnlyWritten, "D3-TORN")]
    [InlineData(Fault.MarksBeforeTheSync, "D3-TORN")]
    [InlineData(Fault.IgnoresTheMark, "I18")]
    [InlineData(Fault.IgnoresTraces, "I18")]
    [InlineData(Fault.TakesEveryTraceForDamage, "D3-TORN")]
    [InlineData(Fault.TakesFramesOfAnEarlierUse, "I15")]
    [InlineData(Fault.TellsWhatIsOnlyVisible, "D3-STAYS")]
    [InlineData(Fault.GoesOnWithoutANewSegment, "I15")]
    public void Torn_log_faults_are_caught(Fault fault, string rule)
        => Catches("torn log", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
        => Spec.From(default(State))
            .Action("Open", s => s.Stage == Stage.Down && s.Openings < MostOpenings, s => s.Open(fault))
            .Action("Write a frame", s => s.Stage == Stage.Serving && s.Written < Places && s.Commits < MostCommits, s => s.Write(fault))
            .Action("Sync", s => s.Stage == Stage.Serving && s.Synced < s.Written, s => s.Sync())
            .Action("Mark", s => s.Stage == Stage.Serving && s.Mark < s.Markable(fault), s => s with { Mark = s.Markable(fault) })
            .Action("Tell", s => s.Stage == Stage.Serving && s.Told < s.Synced, s => s with { Told = s.Synced })
            .Action("Fail to sync", s => s.Stage == Stage.Serving && s.Synced < s.Written, s => s.Stop())
            .Action("Be killed", s => s.Stage == Stage.Serving, s => s.Stop())
            .Action("Lose power", Survivals, (s, kept) => s.Stage != Stage.Refused && !s.IsAtRest, (s, kept) => s.LosePower(kept))
            .Action("Be damaged", Numbers, (s, p) => s.Stage == Stage.Down && s.IsAtRest && s.Damaged == 0 && s.Disk[p] != 0, (s, p) => s.Damage(p))
            .Invariant("D3-TORN", "A log that nothing but power failures and kills happened to is never refused.", s => s.Stage != Stage.Refused || s.Damaged != 0)
            .Invariant("D3", "What was told is there, unless it was damaged.", s => s.Stage != Stage.Serving || s.Written >= s.Told || s.Damaged != 0)
            .Invariant("I18", "What a frame, a header or the mark proves to have been synced is not cut silently.", s => !s.HasCutWhatWasProven)
            .Invariant("I15", "What is read is what was published, in its order.", s => !s.HasReadAGhost)
            .Invariant("D3-STAYS", "What an opening has told is on disk.", s => s.Stage != Stage.Serving || Numbers.All(p => p > s.Synced || s.Disk[p] == s.Seen[p]))
            .Reachable("HOLE", "A frame survives behind one that does not.", s => s.Stage == Stage.Down && s.IsAtRest && s.Disk[1] == 0 && s.Disk[2] != 0 && s.Damaged == 0)
            .Reachable("TOLD-DAMAGE", "Damage is told.", s => s.Stage == Stage.Refused)
            .Reachable("UNPROVEN", "What was told is damaged, and nothing proves that it was there.",
                s => s.Stage == Stage.Serving && s.Damaged != 0 && s.Written < s.Told)
            .Reachable("LEFTOVER", "A frame of an earlier use lies behind the end.", s => s.Stage == Stage.Serving && Numbers.Any(p => p > s.Written && s.Seen[p] != 0))
            .Terminal(s => s.Stage == Stage.Refused || s.Openings == MostOpenings);

    // Seen: by place, the commit whose frame the system shows there, of which use of the file, and what it claims to be synced.
    // Disk: the same on disk, where it may not be yet.
    // History: by place, the commit that was published there.
    // Starts: by use, behind which place it begins.
    private readonly record struct State(
        Stage Stage,
        byte Openings,
        byte Use,
        byte Commits,
        byte Written,
        byte Synced,
        byte Told,
        byte Mark,
        byte MarkOnDisk,
        byte Damaged,
        bool IsAtRest,
        bool HasCutWhatWasProven,
        bool HasReadAGhost,
        Slots Seen,
        Slots SeenUses,
        Slots SeenClaims,
        Slots Disk,
        Slots DiskUses,
        Slots DiskClaims,
        Slots History,
        Slots Starts)
    {
        public byte Markable(Fault fault) => fault == Fault.MarksBeforeTheSync ? Written : Synced;

        public State Open(Fault fault)
        {
            var end = 0;
            while (end < Places && IsReadable(end + 1, fault))
            {
                end++;
            }

            var claimed = 0;
            var traces = 0;
            for (var place = end + 1; place <= Places; place++)
            {
                if (IsReadable(place, fault))
                {
                    traces++;
                    claimed = Math.Max(claimed, SeenClaims[place]);
                }
            }

            var isDamaged = end < Starts[Use]
                || (Mark > end && fault != Fault.IgnoresTheMark)
                || (claimed > end && fault != Fault.IgnoresTraces)
                || (traces > 0 && fault == Fault.TakesEveryTraceForDamage);
            if (isDamaged)
            {
                return this with { Stage = Stage.Refused };
            }

            var opened = this with
            {
                Stage = Stage.Serving,
                IsAtRest = false,
                Openings = (byte)(Openings + 1),
                Written = (byte)end,
                Synced = (byte)end,
                HasCutWhatWasProven = HasCutWhatWasProven || Math.Max(Mark, ClaimedBehind(end)) > end,
            };
            for (var place = 1; place <= Places; place++)
            {
                if (place <= end)
                {
                    opened = opened with { HasReadAGhost = opened.HasReadAGhost || Seen[place] != History[place] };
                    opened = fault == Fault.TellsWhatIsOnlyVisible ? opened : opened.Store(place);
                }
                else
                {
                    opened = opened with { History = opened.History.With(place, 0) };
                }
            }

            // A new segment, with another salt: until its header is on disk nothing has changed.
            return fault == Fault.GoesOnWithoutANewSegment ? opened : opened with { Use = (byte)(Use + 1), Starts = Starts.With(Use + 1, end) };
        }

        public State Write(Fault fault)
        {
            var place = Written + 1;
            var commit = Commits + 1;
            return this with
            {
                Written = (byte)place,
                Commits = (byte)commit,
                Seen = Seen.With(place, commit),
                SeenUses = SeenUses.With(place, Use),
                SeenClaims = SeenClaims.With(place, fault == Fault.ClaimsWhatIsOnlyWritten ? Written : Synced),
                History = History.With(place, commit),
            };
        }

        public State Sync()
        {
            var synced = this;
            for (var place = Synced + 1; place <= Written; place++)
            {
                synced = synced.Store(place);
            }

            return synced with { Synced = Written };
        }

        // The system goes on showing what was written, also after a sync that failed.
        public State Stop() => this with { Stage = Stage.Down, Written = 0, Synced = 0 };

        public State LosePower(int kept)
        {
            var left = this;
            foreach (var place in Numbers)
            {
                left = Has(kept, place - 1) ? left.Store(place) : left.Reload(place);
            }

            var mark = (kept & MarkSurvives) != 0 ? Mark : MarkOnDisk;
            return left.Stop() with { IsAtRest = true, Mark = mark, MarkOnDisk = mark };
        }

        public State Damage(int place) => this with { Damaged = (byte)place, Seen = Seen.With(place, 0), Disk = Disk.With(place, 0) };

        private bool IsReadable(int place, Fault fault) => Seen[place] != 0 && (SeenUses[place] == UseOf(place) || fault == Fault.TakesFramesOfAnEarlierUse);

        // Places are read by the last use that begins before them.
        private int UseOf(int place)
        {
            var use = (int)Use;
            while (use > 0 && Starts[use] >= place)
            {
                use--;
            }

            return use;
        }

        private int ClaimedBehind(int end)
        {
            var claimed = 0;
            for (var place = end + 1; place <= Places; place++)
            {
                claimed = Seen[place] != 0 && SeenUses[place] == UseOf(place) ? Math.Max(claimed, SeenClaims[place]) : claimed;
            }

            return claimed;
        }

        private State Store(int place) => this with
        {
            Disk = Disk.With(place, Seen[place]),
            DiskUses = DiskUses.With(place, SeenUses[place]),
            DiskClaims = DiskClaims.With(place, SeenClaims[place]),
        };

        private State Reload(int place) => this with
        {
            Seen = Seen.With(place, Disk[place]),
            SeenUses = SeenUses.With(place, DiskUses[place]),
            SeenClaims = SeenClaims.With(place, DiskClaims[place]),
        };
    }
}
