using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// What wakes the flusher (DESIGN 3, "Flushing"): four commits of one byte with a limit of two bytes and an age of two ticks, a request at any
/// moment, and a timer that may be one tick early. Raising and draining a trigger are two steps each, on the bit that says it waits and on the
/// channel. Adding, looking and removing hold the queue's lock. Contract D2.
/// </summary>
public sealed class TriggerTests(ITestOutputHelper output)
{
    private const int Commits = 4;
    private const int MaxBytes = 2;
    private const int MaxAge = 2;
    private const int Off = 15;

    public enum Fault
    {
        None,
        StaleTriggerFlushes,
        AgeSkippedWithoutRearming,
        LooksBeforeTheBitIsCleared,
        NamesTheLeastPressing,
    }

    private enum Trigger
    {
        None,
        Request,
        Bytes,
        Age,
    }

    private enum Step
    {
        Waiting,
        Clearing,
        Looking,
        Flushing,
    }

    [Fact]
    public void D2_a_flush_begins_when_it_is_due_and_is_named_after_what_is_due()
        => Closes("triggers", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.StaleTriggerFlushes, "D2-DUE")]
    [InlineData(Fault.AgeSkippedWithoutRearming, "D2-AWAKE")]
    [InlineData(Fault.LooksBeforeTheBitIsCleared, "D2-AWAKE")]
    [InlineData(Fault.NamesTheLeastPressing, "D2-FIRST")]
    public void Trigger_faults_are_caught(Fault fault, string rule)
        => Catches("triggers", Make(fault), fault.ToString(), rule, output);

    private static Spec<State> Make(Fault fault)
    {
        Trigger[] all = [Trigger.Request, Trigger.Bytes, Trigger.Age];
        var late = fault == Fault.LooksBeforeTheBitIsCleared;
        var spec = Spec.From(State.Initial)
            .Action("Tick", s => s.Aged() != s, s => s.Aged())
            .Action("Add", s => s.Published < Commits && s.Adder == 0, s => s.Add())
            .Action("Adder raises", s => s.Adder == 1, s => Has(s.Bits, (int)Trigger.Bytes)
                ? s with { Adder = 0 }
                : s with { Adder = 2, Bits = With(s.Bits, (int)Trigger.Bytes) })
            .Action("Adder writes", s => s.Adder == 2, s => s.Write(Trigger.Bytes) with { Adder = 0 })
            .Action("Timer fires", s => s.Timer <= 1 && s.Callback == 0, s => s with { Timer = Off, Callback = 1 })
            .Action("Timer raises", s => s.Callback == 1, s => Has(s.Bits, (int)Trigger.Age)
                ? s with { Callback = 0 }
                : s with { Callback = 2, Bits = With(s.Bits, (int)Trigger.Age) })
            .Action("Timer writes", s => s.Callback == 2, s => s.Write(Trigger.Age) with { Callback = 0 })
            .Action("Request", s => !s.Requested, s => (Has(s.Bits, (int)Trigger.Request) ? s : s.Write(Trigger.Request)) with
            {
                Requested = true,
                Bits = With(s.Bits, (int)Trigger.Request),
            })
            .Action("Read", all, (s, t) => s.Reader == Step.Waiting && s.Uncleared == 0 && Has(s.Channel, (int)t), (s, t) => s with
            {
                Channel = Without(s.Channel, (int)t),
                Drained = With(s.Drained, (int)t),
                Reader = late ? (s.Channel == With(0, (int)t) ? Step.Looking : Step.Waiting) : Step.Clearing,
                Reading = t,
            })
            .Action("Look", s => s.Reader == Step.Looking && s.Adder == 0, s => s.Look(fault))
            .Action("Remove one", s => s.Reader == Step.Flushing && s.Adder == 0 && s.Removed < s.Last, s => s.RemoveOne())
            .Action("Flush ends", s => s.Reader == Step.Flushing && s.Removed >= s.Last, s => s.WaitAgain());

        spec = late
            ? spec.Action("Clear bits", s => s.Uncleared != 0, s => s with { Bits = (byte)(s.Bits & ~s.Uncleared), Uncleared = 0 })
            : spec.Action("Clear bit", s => s.Reader == Step.Clearing, s => s with
            {
                Bits = Without(s.Bits, (int)s.Reading),
                Reader = s.Channel == 0 ? Step.Looking : Step.Waiting,
                Reading = Trigger.None,
            });
        return spec
            .Rule("D2-DUE", "A flush begins only when its trigger is due.",
                (before, after) => before.Reader == Step.Looking && after.Reader == Step.Flushing,
                (before, after) => before.IsDue(after.Name))
            .Rule("D2-FIRST", "A flush is named after the most pressing trigger that was raised and is due.",
                (before, after) => before.Reader == Step.Looking && after.Reader == Step.Flushing,
                (before, after) => after.Name == all.First(t => Has(before.Drained, (int)t) && before.IsDue(t)))
            .Invariant("D2-AWAKE", "While the flusher sleeps, nothing is due, and the timer is set for the oldest commit.", s => !s.IsQuiet()
                || (!s.IsDue(Trigger.Bytes) && (s.Removed == s.Published || s.Timer <= MaxAge - s.Ages[s.Removed])))
            .Reachable("SKIPPED", "A wake-up finds nothing due.", s => s.Reader == Step.Waiting && s.Skipped)
            .Reachable("REQUEST-FOR-NOTHING", "A request finds nothing to flush.", s => s.Reader == Step.Flushing && s.Last == s.Removed)
            .Terminal(s => s.Published == Commits && s.Removed == Commits && s.Requested);
    }

    /// <summary>
    /// Ages by commit in order of arrival; the commits behind <c>Removed</c> up to <c>Published</c> wait, those up to <c>Last</c> are being flushed.
    /// </summary>
    private readonly record struct State(
        byte Published,
        byte Removed,
        byte Last,
        Slots Ages,
        byte Timer,
        byte Adder,
        byte Callback,
        byte Bits,
        byte Channel,
        byte Drained,
        byte Uncleared,
        bool Requested,
        bool Skipped,
        Step Reader,
        Trigger Reading,
        Trigger Name)
    {
        public static State Initial => new() { Timer = Off };

        // Nobody is about to raise anything, and nothing waits to be read.
        public bool IsQuiet() => Reader == Step.Waiting && Channel == 0 && Drained == 0 && Uncleared == 0 && Adder == 0 && Callback == 0;

        public State Aged()
        {
            var ages = Ages;
            for (var commit = 0; commit < Published; commit++)
            {
                ages = ages.With(commit, Math.Min(MaxAge, ages[commit] + 1));
            }

            return this with { Ages = ages, Timer = Timer is 0 or Off ? Timer : (byte)(Timer - 1) };
        }

        public State Add()
        {
            var added = this with { Published = (byte)(Published + 1) };
            return (added.Published - Removed == 1 ? added.Arm() : added) with { Adder = (byte)(added.IsDue(Trigger.Bytes) ? 1 : 0) };
        }

        public State Arm() => this with { Timer = (byte)(Removed == Published ? Off : MaxAge - Ages[Removed]) };

        public State Write(Trigger trigger) => this with { Channel = With(Channel, (int)trigger) };

        public bool IsDue(Trigger trigger) => trigger switch
        {
            Trigger.Bytes => Published - Removed >= MaxBytes,
            Trigger.Age => Removed < Published && Ages[Removed] >= MaxAge,
            _ => true,
        };

        public State Look(Fault fault)
        {
            var name = Trigger.None;
            for (var trigger = Trigger.Age; trigger > Trigger.None; trigger--)
            {
                var stands = Has(Drained, (int)trigger) && (IsDue(trigger) || fault == Fault.StaleTriggerFlushes);
                name = stands && (name == Trigger.None || fault != Fault.NamesTheLeastPressing) ? trigger : name;
            }

            var rearms = Has(Drained, (int)Trigger.Age) && !IsDue(Trigger.Age) && fault != Fault.AgeSkippedWithoutRearming;
            var uncleared = fault == Fault.LooksBeforeTheBitIsCleared ? Drained : (byte)0;
            var looked = (rearms ? Arm() : this) with { Reading = Trigger.None, Uncleared = uncleared };
            return name == Trigger.None
                ? looked.WaitAgain() with { Skipped = true }
                : looked with { Reader = Step.Flushing, Name = name, Last = Published };
        }

        public State RemoveOne() => (this with { Removed = (byte)(Removed + 1) }).Arm();

        public State WaitAgain() => this with { Reader = Step.Waiting, Drained = 0, Last = 0, Name = Trigger.None };
    }
}
