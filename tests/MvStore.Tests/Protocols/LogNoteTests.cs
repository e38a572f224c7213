using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// What the tier remembers of the log (DESIGN 9, I19): a store is opened with either of two directories, or with none, again and again; it crashes between any two steps; a directory is
/// lost, and what only the log had is given up. Contract D3, D9.
/// </summary>
public sealed class LogNoteTests(ITestOutputHelper output)
{
    // Places in the order of publications, and commits that may come to stand there.
    private const int Places = 2;
    private const int MostCommits = 3;

    private const int NoLog = 0;
    private static readonly int[] Choices = [NoLog, 1, 2];
    private static readonly int[] Directories = [1, 2];

    public enum Fault
    {
        None,
        ServesBeforeTheNote,
        NotesBeforeTheSegment,
        IgnoresTheNote,
        TakesAnyLog,
        TakesAnEmptyLog,
        ServesBeforeTheReplay,
        ForgetsBeforeTheFlush,
        ForgetsWhatWasNotReplayed,
        ComparesNoHistory,
    }

    private enum Stage
    {
        Down,
        Opened,
        Halfway,
        Replaying,
        Serving,
        Closing,
        Drained,
    }

    [Fact]
    public void I19_what_only_the_log_has_is_remembered_and_found_or_opening_is_refused()
        => Closes("log note", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.ServesBeforeTheNote, "I19")]
    [InlineData(Fault.NotesBeforeTheSegment, "D3-OPENS")]
    [InlineData(Fault.IgnoresTheNote, "I19")]
    [InlineData(Fault.TakesAnyLog, "I19")]
    [InlineData(Fault.TakesAnEmptyLog, "D3-OPENS")]
    [InlineData(Fault.ServesBeforeTheReplay, "D3")]
    [InlineData(Fault.ForgetsBeforeTheFlush, "I19")]
    [InlineData(Fault.ForgetsWhatWasNotReplayed, "I19")]
    [InlineData(Fault.ComparesNoHistory, "D3-ONE-HISTORY")]
    public void Note_faults_are_caught(Fault fault, string rule)
        => Catches("log note", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        var notesFirst = fault == Fault.NotesBeforeTheSegment;
        return Spec.From(default(State))
            .Action("Open", Choices, (s, d) => s.Stage == Stage.Down && s.Accepts(d, fault), (s, d) => s.Open(d))
            .Action("Be refused", Choices, (s, d) => s.Stage == Stage.Down && !s.Accepts(d, fault), (s, d)
                => s with { IsStuck = s.IsStuck || (d == s.InUse && s.LostLog == 0 && !s.HasGivenUp) })
            .Action("Give up", Choices, (s, d) => s.Stage == Stage.Down && s.Note != 0 && !s.HasGivenUp && (d == NoLog || s.LogOf(d) == 0), (s, d)
                => s.Open(d) with { HasGivenUp = true, Owed = s.Flushed })
            .Action("Begin a segment", s => s.Stage == (notesFirst ? Stage.Halfway : Stage.Opened), s
                => s.BeginSegment() with { Stage = notesFirst ? Stage.Replaying : Stage.Halfway })
            .Action("Set the note", s => s.Stage == (notesFirst ? Stage.Opened : Stage.Halfway), s => s with
            {
                Note = fault == Fault.ServesBeforeTheNote ? s.Note : s.LogInUse,
                Stage = notesFirst ? Stage.Halfway : Stage.Replaying,
            })
            .Action("Replay one", s => s.Stage == Stage.Replaying && s.Published < s.End, s => s.Replay())
            .Action("Serve", s => s.Stage == Stage.Replaying && (s.Published >= s.End || fault == Fault.ServesBeforeTheReplay), s
                => s with { Stage = Stage.Serving, IsWhole = true })
            .Action("Give opening up", s => s.Stage == Stage.Replaying, s => s with { Stage = Stage.Closing })
            .Action("Commit", s => s.Stage == Stage.Serving && s.Published < Places && s.Commits < MostCommits, s => s.Commit())
            .Action("Write and sync", s => s.Stage is Stage.Serving or Stage.Closing && s.InUse != NoLog && s.End < s.Published, s => s.Sync())
            .Action("Acknowledge", s => s.Stage == Stage.Serving && s.Owed < Math.Max(s.Flushed, s.End), s => s with { Owed = Math.Max(s.Flushed, s.End) })
            .Action("Flush one", s => s.Stage is Stage.Replaying or Stage.Serving or Stage.Closing && s.Flushed < s.Flushable, s => s.Flush())
            .Action("Close", s => s.Stage == Stage.Serving, s => s with { Stage = Stage.Closing })
            .Action("Drain", s => s.Stage == Stage.Closing && (s.Flushed == s.Published || fault == Fault.ForgetsBeforeTheFlush), s
                => s with { Stage = Stage.Drained })
            .Action("Forget", s => s.Stage == Stage.Drained, s
                => s.Stop() with { Note = s.IsWhole || fault == Fault.ForgetsWhatWasNotReplayed ? (byte)0 : s.Note })
            .Action("End without", s => s.Stage != Stage.Down, s => s.Stop())
            .Action("Lose", Directories, (s, d) => s.Stage == Stage.Down && s.LostLog == 0 && s.LogOf(d) != 0, (s, d) => s.Lose(d))
            .Invariant("D3", "A store that serves has what was acknowledged and not given up.", s => s.Stage != Stage.Serving || s.Published >= s.Owed)
            .Invariant("I19", "While a log has what was acknowledged and the tier lacks, the tier says which log that is.",
                s => s.Owed <= s.Flushed || (s.Note != 0 && (s.Note == s.LostLog || Directories.Any(d => s.LogOf(d) == s.Note && s.EndOf(d) >= s.Owed))))
            .Invariant("D3-OPENS", "With the log it was last used with, a store that lost nothing opens.", s => !s.IsStuck)
            .Invariant("D3-ONE-HISTORY", "Nothing is replayed behind what it does not follow.", s => !s.IsMixed)
            .Reachable("ONLY-IN-THE-LOG", "A store is opened whose log alone has what was acknowledged.", s => s.Stage == Stage.Opened && s.Owed > s.Flushed)
            .Reachable("TIER-AHEAD", "The tier is ahead of a log that is used again.", s => s.Stage == Stage.Opened && s.LogOf(s.InUse) != 0 && s.End < s.Flushed)
            .Reachable("LOST", "What was acknowledged was lost, and the tier says so.", s => s.Note != 0 && s.Note == s.LostLog && s.Owed > s.Flushed)
            .Reachable("FORKED", "After a log was given up another commit took the place of one of its own.",
                s => s.HasGivenUp && Directories.Any(d => s.Flushed > 0 && s.EndOf(d) >= s.Flushed && s.CommitAt(d, s.Flushed) != s.Tier[s.Flushed]));
    }

    // Tier: by place, which commit the tier has there; so in memory, and in either log.
    // Memory: the same in memory.
    // First: the same in the log of the first directory.
    // Second: the same in the log of the second.
    private readonly record struct State(
        Stage Stage,
        byte InUse,
        byte Note,
        byte Logs,
        byte Commits,
        byte Flushed,
        byte Published,
        byte Owed,
        byte LostLog,
        bool IsWhole,
        bool HasGivenUp,
        bool IsStuck,
        bool IsMixed,
        Slots Identities,
        Slots Ends,
        Slots Tier,
        Slots Memory,
        Slots First,
        Slots Second)
    {
        public byte End => EndOf(InUse);

        /// <summary>The identity of the log in use: the one it has, or a new one for a log without segments.</summary>
        public byte LogInUse => InUse == NoLog ? (byte)0 : LogOf(InUse) != 0 ? LogOf(InUse) : (byte)(Logs + 1);

        public byte Flushable => InUse == NoLog ? Published : Math.Min(Published, End);

        public byte LogOf(int directory) => (byte)Identities[directory];

        public byte EndOf(int directory) => (byte)Ends[directory];

        public int CommitAt(int directory, int place) => directory == 1 ? First[place] : Second[place];

        public bool Accepts(int directory, Fault fault)
        {
            var log = LogOf(directory);
            if (directory == NoLog)
            {
                return Note == 0 || fault == Fault.IgnoresTheNote;
            }

            if (log == 0)
            {
                return Note == 0 || fault == Fault.TakesAnEmptyLog;
            }

            var isRight = Note == 0 || Note == log || fault == Fault.TakesAnyLog;
            var continues = EndOf(directory) < Flushed || CommitAt(directory, Flushed) == Tier[Flushed];
            return isRight && (continues || fault == Fault.ComparesNoHistory);
        }

        public State Open(int directory)
            => this with { Stage = Stage.Opened, InUse = (byte)directory, Published = Flushed, Memory = Tier, IsWhole = false };

        public State BeginSegment()
        {
            if (InUse == NoLog)
            {
                return this;
            }

            var begun = this with { Logs = Math.Max(Logs, LogInUse), Identities = Identities.With(InUse, LogInUse) };

            // A log that ends before what the tier has goes on behind that.
            return End < Flushed || LogOf(InUse) == 0 ? begun.WithLog(Flushed, Tier) : begun;
        }

        public State Replay()
        {
            var place = Published + 1;
            var isMixed = Memory[Published] != CommitAt(InUse, Published);
            return this with { Published = (byte)place, Memory = Memory.With(place, CommitAt(InUse, place)), IsMixed = IsMixed || isMixed };
        }

        public State Commit()
            => this with { Commits = (byte)(Commits + 1), Published = (byte)(Published + 1), Memory = Memory.With(Published + 1, Commits + 1) };

        public State Sync() => WithLog(Published, Memory);

        public State Flush() => this with { Flushed = (byte)(Flushed + 1), Tier = Tier.With(Flushed + 1, Memory[Flushed + 1]) };

        // What is acknowledged does not end with the process; what is in memory does.
        public State Stop() => this with { Stage = Stage.Down, Published = 0, Memory = default, IsWhole = false };

        public State Lose(int directory)
        {
            var lost = this with { LostLog = LogOf(directory), Identities = Identities.With(directory, 0), Ends = Ends.With(directory, 0) };
            return directory == 1 ? lost with { First = default } : lost with { Second = default };
        }

        private State WithLog(byte end, Slots content)
        {
            var changed = this with { Ends = Ends.With(InUse, end) };
            return InUse == 1 ? changed with { First = content } : changed with { Second = content };
        }
    }
}
