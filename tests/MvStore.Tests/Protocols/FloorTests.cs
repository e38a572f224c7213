using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Floors, pins and reclamation (DESIGN 3, "Publication and snapshots" and "Reclamation"): commits at the versions 1 to 3 in any order, each
/// writing the key, dropping it or touching another one, fresh or late; a flusher; a collector that runs again and again, raises the floor of the
/// key's kind or not, brings drops into force, and removes the key's entries one at a time; and one reader of each kind: one with a pin, one
/// without, one that resumes from a page token, one that steps back inside its snapshot. I7, I8.
/// </summary>
public sealed class FloorTests(ITestOutputHelper output)
{
    private const int Versions = 3;

    [Theory]
    [InlineData(FloorReader.Pinned)]
    [InlineData(FloorReader.Unpinned)]
    [InlineData(FloorReader.Token)]
    [InlineData(FloorReader.StepBack)]
    public void E1_reclamation_is_hidden_from(FloorReader reader)
        => Closes($"floor, reader {reader}", Make(reader, FloorFault.None), output);

    // The pin, or the read, comes before both loads, so their order does not matter. Proved, not assumed.
    [Theory]
    [InlineData(FloorReader.Token)]
    [InlineData(FloorReader.StepBack)]
    public void E1_reclamation_is_hidden_also_when_the_publication_is_loaded_before_the_floor(FloorReader reader)
        => Closes($"floor, reader {reader}, other order", Make(reader, FloorFault.LateBeforeFloor), output);

    [Theory]
    [InlineData(FloorReader.Pinned, FloorFault.CaptureBeforeFloor, "I8-HIDDEN")]
    [InlineData(FloorReader.Pinned, FloorFault.NoRecheck, "I8-HIDDEN")]
    [InlineData(FloorReader.Pinned, FloorFault.PinsBeforeFloor, "I8-HIDDEN")]
    [InlineData(FloorReader.Pinned, FloorFault.RuleIgnoresSequences, "I8-HIDDEN")]
    [InlineData(FloorReader.Pinned, FloorFault.NoAdmissionFloor, "I7-SETTLED")]
    [InlineData(FloorReader.Pinned, FloorFault.FloorAboveInFlight, "I7-SETTLED")]
    [InlineData(FloorReader.Pinned, FloorFault.FloorAboveDurable, "I7-DURABLE")]
    [InlineData(FloorReader.Pinned, FloorFault.StaleDurable, "I7-DURABLE")]
    [InlineData(FloorReader.Pinned, FloorFault.PublishFloorBeforeStoring, "I7-ORDER")]
    [InlineData(FloorReader.Unpinned, FloorFault.CaptureBeforeFloor, "I8-HIDDEN")]
    [InlineData(FloorReader.Unpinned, FloorFault.NoRecheck, "I8-HIDDEN")]
    [InlineData(FloorReader.Token, FloorFault.NoLateCondition, "I8-HIDDEN")]
    [InlineData(FloorReader.Token, FloorFault.NoVisibleCondition, "I8-HIDDEN")]
    [InlineData(FloorReader.Token, FloorFault.CheckBeforePin, "I8-HIDDEN")]
    [InlineData(FloorReader.StepBack, FloorFault.FloorAlone, "I8-HIDDEN")]
    [InlineData(FloorReader.StepBack, FloorFault.NoVisibleCondition, "I8-HIDDEN")]
    [InlineData(FloorReader.StepBack, FloorFault.NoLateCondition, "I8-HIDDEN")]
    [InlineData(FloorReader.StepBack, FloorFault.CheckBeforeRead, "I8-HIDDEN")]
    [InlineData(FloorReader.Pinned, FloorFault.PublishKeyFloorBeforeStoring, "I7-ORDER")]
    [InlineData(FloorReader.Pinned, FloorFault.KeyFloorAboveInFlight, "I7-SETTLED")]
    [InlineData(FloorReader.Pinned, FloorFault.KeyFloorAboveDurable, "I7-DURABLE")]
    [InlineData(FloorReader.Pinned, FloorFault.LateCommitIgnoresKeyFloor, "I7-SETTLED")]
    [InlineData(FloorReader.Pinned, FloorFault.RecheckIgnoresKeyFloor, "I8-HIDDEN")]
    [InlineData(FloorReader.Pinned, FloorFault.ReaderIgnoresKeyFloor, "I8-HIDDEN")]
    [InlineData(FloorReader.Unpinned, FloorFault.RecheckIgnoresKeyFloor, "I8-HIDDEN")]
    public void Floor_faults_are_caught(FloorReader reader, FloorFault fault, string rule)
        => Catches($"floor, reader {reader}", Make(reader, fault), fault.ToString(), rule, output);

    private static Spec<FloorState> Make(FloorReader reader, FloorFault fault)
    {
        int[] versions = [.. Enumerable.Range(1, Versions)];
        int[] lower = [.. Enumerable.Range(1, Versions - 1)];
        (int Version, FloorDelta Delta)[] commits = [.. versions.SelectMany(v => Enum.GetValues<FloorDelta>().Select(d => (v, d)))];
        int[] kinds = [0, .. versions];

        var spec = Spec.From(default(FloorState))
            .Action("Announce", lower, (s, v) => s.Announced == 0 && s.SequenceOf(v) == 0 && v < s.Highest, (s, v) =>
                s with { Announced = (byte)v })
            .Action("Refuse", s => s.Announced != 0 && s.Announced <= s.Admission, s => s with { Announced = 0 })
            .Action("Begin", commits, (s, c) => s.MayBegin(c.Version, c.Delta, fault), (s, c) => s.Begin(c.Version, c.Delta))
            .Action("Publish", s => s.Published < s.Taken, s => s.Publish())
            .Action("Flush", s => s.Durable < s.Published, s => s with { Durable = (byte)(s.Durable + 1) })
            .Action("Admit", kinds, (s, v) => s.Gc == FloorCollector.Idle && s.MayAdmit(v, fault), (s, v) => s.Admit(v, fault))
            .Action("Sweep again", s => s.Gc == FloorCollector.Idle && s.InForce != 0, s => s with { Gc = FloorCollector.Published });

        if (fault == FloorFault.StaleDurable)
        {
            spec = spec.Action("Load durable version", s => s.Gc == FloorCollector.Idle, s => s with { Cap = (byte)s.DurableVersion });
        }

        spec = fault switch
        {
            FloorFault.PinsBeforeFloor => spec
                .Action("Store", s => s.Gc == FloorCollector.Admitted, s => s.Store() with { Gc = FloorCollector.Stored })
                .Action("Read pins", s => s.Gc == FloorCollector.Stored, s => s.ReadPins() with { Gc = FloorCollector.Published })
                .Action("Publish floor", s => s.Gc == FloorCollector.Published, s => s.PublishFloor() with { Gc = FloorCollector.Sweeping }),
            FloorFault.PublishFloorBeforeStoring => spec
                .Action("Publish floor", s => s.Gc == FloorCollector.Admitted, s =>
                    s with { Gc = FloorCollector.Stored, Floor = s.Admission, KeyFloor = s.KeyAdmission })
                .Action("Store", s => s.Gc == FloorCollector.Stored, s => s.Store() with { Gc = FloorCollector.Published })
                .Action("Read pins", s => s.Gc == FloorCollector.Published, s => s.ReadPins() with { Gc = FloorCollector.Sweeping }),
            FloorFault.PublishKeyFloorBeforeStoring => spec
                .Action("Publish floor of key", s => s.Gc == FloorCollector.Admitted, s => s with { Gc = FloorCollector.Stored, KeyFloor = s.KeyAdmission })
                .Action("Store", s => s.Gc == FloorCollector.Stored, s => s.Store() with { Gc = FloorCollector.Published })
                .Action("Publish floor", s => s.Gc == FloorCollector.Published, s => s.PublishFloor().ReadPins() with { Gc = FloorCollector.Sweeping }),
            _ => spec
                .Action("Store", s => s.Gc == FloorCollector.Admitted, s => s.Store() with { Gc = FloorCollector.Stored })
                .Action("Publish floor", s => s.Gc == FloorCollector.Stored, s => s.PublishFloor() with { Gc = FloorCollector.Published })
                .Action("Read pins", s => s.Gc == FloorCollector.Published, s => s.ReadPins() with { Gc = FloorCollector.Sweeping }),
        };

        spec = spec
            .Action("Reclaim", lower, (s, v) => s.Gc == FloorCollector.Sweeping && s.MayGo(v, fault), (s, v) =>
                s with { Reclaimed = With(s.Reclaimed, v) })
            .Action("Sweep done", s => s.Gc == FloorCollector.Sweeping, s => s with { Gc = FloorCollector.Idle, GcAt = 0, GcView = 0 });

        spec = reader switch
        {
            FloorReader.Pinned => Pinned(spec, versions, fault),
            FloorReader.Unpinned => Unpinned(spec, versions, fault),
            FloorReader.Token => Token(spec, versions, fault),
            _ => StepBack(spec, versions, fault),
        };

        return spec
            .Invariant("I7-ORDER", "Admission floor >= stored floor >= floor, of the kind and of the key.", s =>
                s.Admission >= s.Stored && s.Stored >= s.Floor && s.Admitted >= s.OnDisk && s.OnDisk >= s.InForce)
            .Invariant("I7-SETTLED", "When a floor rises to F, every commit it concerns at or below F is published, and none will ever begin.", s =>
                Enumerable.Range(s.Published + 1, s.Taken - s.Published).All(sequence =>
                    s.Order[sequence] > (s.Concerns(s.Order[sequence]) ? s.Admitted : s.Admission)))
            .Invariant("I7-DURABLE", "A crash never leaves a floor above what recovery can show.", s =>
                s.Stored <= s.DurableVersion && s.OnDisk <= s.DurableVersionOfKey)
            .Invariant("I7-VISIBLE", "Floor <= visible version.", s => s.InForce <= s.Visible)
            .Invariant("I8-HIDDEN", "No view that passed the floor check, and no pin, can tell that something was reclaimed.", s =>
                reader switch
                {
                    FloorReader.Pinned => s.Reader != FloorStep.Reading || s.Actual(s.At) == s.Expected(s.At),
                    FloorReader.Token => s.Reader != FloorStep.Answered || s.Actual(s.At) == s.Expected(s.At),
                    FloorReader.Unpinned => s.Reader != FloorStep.Answered || s.Answer == s.Expected(s.At),
                    _ => (s.Reader < FloorStep.Reading || s.Actual(s.At) == s.Expected(s.At))
                        && (s.Reader != FloorStep.Answered || s.Answer == s.Expected(s.Below)),
                })
            .Rule("I7-RISES", "Floors only rise.", (before, after) =>
                after.Floor >= before.Floor && after.Admission >= before.Admission && after.Stored >= before.Stored
                && after.InForce >= before.InForce && after.Admitted >= before.Admitted && after.OnDisk >= before.OnDisk)
            .Reachable("RECLAIMED-UNDER-READER", "Something is reclaimed that an answered reader could have seen under an older floor.", s =>
                s.Reader == (reader == FloorReader.Pinned ? FloorStep.Reading : FloorStep.Answered) && s.Reclaimed != 0)
            .Reachable("DROP-ALONE", "The key's floor is above that of its kind.", s => s.KeyFloor > s.Floor && s.Reclaimed != 0)
            .Reachable("DROP-PASSED", "The kind's floor has passed that of the key.", s => s.KeyFloor != 0 && s.KeyStored == 0)
            .Terminal(_ => false);
    }

    private static Spec<FloorState> Pinned(Spec<FloorState> spec, int[] versions, FloorFault fault)
        => Capture(spec, versions, fault)
            .Action("Pin", s => s.Reader == FloorStep.Captured, s => s with { Reader = FloorStep.Pinned, HasPin = true })
            .Action("Recheck", s => s.Reader == FloorStep.Pinned, s =>
                s.IsUnmoved(fault) ? s with { Reader = FloorStep.Reading } : s.WithoutReader())
            .Action("Close", s => s.Reader == FloorStep.Reading, s => s.WithoutReader());

    private static Spec<FloorState> Unpinned(Spec<FloorState> spec, int[] versions, FloorFault fault)
        => Capture(spec, versions, fault)
            .Action("Read", s => s.Reader == FloorStep.Captured, s => s with { Reader = FloorStep.Read, Answer = s.Actual(s.At) })
            .Action("Validate", s => s.Reader == FloorStep.Read, s =>
                s.IsUnmoved(fault) ? s with { Reader = FloorStep.Answered } : s.WithoutReader())
            .Action("Close", s => s.Reader == FloorStep.Answered, s => s.WithoutReader());

    private static Spec<FloorState> Capture(Spec<FloorState> spec, int[] versions, FloorFault fault)
        => fault == FloorFault.CaptureBeforeFloor
            ? spec
                .Action("Load publication", s => s.Reader == FloorStep.Idle, s => s with { Reader = FloorStep.FloorLoaded, View = s.Published })
                .Action("Load floor", versions, (s, at) => s.Reader == FloorStep.FloorLoaded && at >= s.InForce, (s, at) =>
                    s with { Reader = FloorStep.Captured, FloorAtOpen = s.InForce, At = (byte)at })
            : spec
                .Action("Load floor", s => s.Reader == FloorStep.Idle, s => s.LoadFloor(fault) with { Reader = FloorStep.FloorLoaded })
                .Action("Load publication", versions, (s, at) => s.Reader == FloorStep.FloorLoaded && at >= s.FloorAtOpen, (s, at) =>
                    s with { Reader = FloorStep.Captured, At = (byte)at, View = s.Published });

    // The page that issues the token was read under a pin that passed the re-check: at that instant floor and publication belong together.
    private static Spec<FloorState> Token(Spec<FloorState> spec, int[] versions, FloorFault fault)
    {
        spec = spec.Action("Issue", versions, (s, at) => s.Reader == FloorStep.Idle && at >= s.InForce, (s, at) =>
            s with { Reader = FloorStep.Held, At = (byte)at, View = s.Published, VisibleAtOpen = s.Visible, FloorAtOpen = s.InForce });
        spec = fault == FloorFault.CheckBeforePin
            ? spec
                .Action("Load floor", s => s.Reader == FloorStep.Held, s => s with { Reader = FloorStep.FloorSeen, FloorNow = s.InForce })
                .Action("Load late", s => s.Reader == FloorStep.FloorSeen, s => s.Accepts(s.At, s.LastLate, fault)
                    ? s with { Reader = FloorStep.LateSeen }
                    : s.WithoutReader())
                .Action("Pin", s => s.Reader == FloorStep.LateSeen, s => s with { Reader = FloorStep.Answered, HasPin = true })
            : LoadBoth(
                spec.Action("Resume", s => s.Reader == FloorStep.Held, s => s with { Reader = FloorStep.Resumed, HasPin = true }),
                FloorStep.Resumed,
                (s, late) => s.Accepts(s.At, late, fault) ? s with { Reader = FloorStep.Answered } : s.WithoutReader(),
                fault);
        return spec.Action("Close", s => s.Reader == FloorStep.Answered, s => s.WithoutReader());
    }

    // A snapshot pins what it sees at its own version only. Below it, the read is checked afterwards, like a page token.
    private static Spec<FloorState> StepBack(Spec<FloorState> spec, int[] versions, FloorFault fault)
    {
        spec = spec
            .Action("Open", versions, (s, at) => s.Reader == FloorStep.Idle && at >= s.InForce, (s, at) => s with
            {
                Reader = FloorStep.Reading,
                At = (byte)at,
                View = s.Published,
                VisibleAtOpen = s.Visible,
                FloorAtOpen = s.InForce,
                HasPin = true,
            })
            .Action("Step back", versions[..^1], (s, below) => s.Reader == FloorStep.Reading && below < s.At, (s, below) =>
                s with { Reader = FloorStep.Read, Below = (byte)below, Answer = s.Actual(below) })
            .Action("Step back again", s => s.Reader == FloorStep.Answered, s => s.BackToReading())
            .Action("Close", s => s.Reader == FloorStep.Reading, s => s.WithoutReader());
        return fault == FloorFault.CheckBeforeRead
            ? LoadBoth(
                    spec,
                    FloorStep.Read,
                    (s, late) => s.Accepts(s.Below, late, fault) ? s with { Reader = FloorStep.Resumed } : s.BackToReading(),
                    fault)
                .Action("Read late", s => s.Reader == FloorStep.Resumed, s => s with { Reader = FloorStep.Answered, Answer = s.Actual(s.Below) })
            : LoadBoth(
                spec,
                FloorStep.Read,
                (s, late) => s.Accepts(s.Below, late, fault) ? s with { Reader = FloorStep.Answered } : s.BackToReading(),
                fault);
    }

    private static Spec<FloorState> LoadBoth(Spec<FloorState> spec, FloorStep from, Func<FloorState, int, FloorState> decide, FloorFault fault)
        => fault == FloorFault.LateBeforeFloor
            ? spec
                .Action("Load late", s => s.Reader == from, s => s with { Reader = FloorStep.LateSeen, LateSeen = s.LastLate })
                .Action("Load floor", s => s.Reader == FloorStep.LateSeen, s => decide(s with { FloorNow = s.InForce }, s.LateSeen))
            : spec
                .Action("Load floor", s => s.Reader == from, s => s with { Reader = FloorStep.FloorSeen, FloorNow = s.InForce })
                .Action("Load late", s => s.Reader == FloorStep.FloorSeen, s => decide(s, s.LastLate));
}
