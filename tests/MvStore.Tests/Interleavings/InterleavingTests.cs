using Xunit.Abstractions;

namespace MvStore.Tests.Interleavings;

/// <summary>
/// The real stages, one operation interrupted by another at every hand-over point between two stages: every read kind, commit, flush and
/// reclamation, against commits fresh and late, flush, eviction and reclamation and their combinations. I1 to I8, contract A4, B12, C1, D6, E1.
/// </summary>
public sealed class InterleavingTests(ITestOutputHelper output)
{
    private const ulong Latest = SteppedEngine.Latest;
    private static readonly string[] Keys = ["a", "b", "c", "d", "e", "f"];

    public static TheoryData<string> Reads => [.. ReadsByName.Keys];

    public static TheoryData<string> Writes => [.. WritesByName.Keys];

    // Each answers with what it saw and the version it asked for.
    private static Dictionary<string, Func<SteppedEngine, Task<string>>> ReadsByName { get; } = new()
    {
        ["get latest"] = async e => await e.Stepped.GetAsync("a", Latest),
        ["get a deleted key"] = async e => await e.Stepped.GetAsync("e", Latest),
        ["get at 40"] = async e => await e.Stepped.GetAsync("b", 40),
        ["get many latest"] = async e => await e.Stepped.GetManyAsync(Keys, Latest),
        ["get many at 40"] = async e => await e.Stepped.GetManyAsync(Keys, 40),
        ["scan latest"] = async e => await e.Stepped.ScanAsync(Keys, Latest, ScanDirection.Forward),
        ["scan backwards at 40"] = async e => await e.Stepped.ScanAsync(Keys, 40, ScanDirection.Reverse),
    };

    private static Dictionary<string, Func<SteppedEngine, Task>> WritesByName { get; } = new()
    {
        ["fresh commit"] = async e => await e.CommitAsync(e.Stepped, 50, "a", "c"),
        ["fresh commit that fails"] = async e =>
        {
            e.Target.FailsNext = true;
            (await e.CommitAsync(e.Stepped, 50, "a", "c")).Should().BeFalse();
        },
        ["deletion"] = async e => await e.CommitAsync(e.Stepped, 50, "-a", "-d"),
        ["late commit"] = async e => await e.CommitAsync(e.Stepped, 35, "a", "b"),
        ["flush"] = async e => await e.FlushAsync(stepped: true),
        ["flush of two slices"] = async e =>
        {
            await e.CommitAsync(e.Plain, 44, "a", "b", "c", "d", "-e", "f");
            await e.FlushAsync(stepped: true);
        },
        ["flush that leaves out"] = async e =>
        {
            await e.CommitAsync(e.Plain, 44, "a", "b", "c");
            await e.CommitAsync(e.Plain, 45, "a", "b");
            await e.FlushAsync(stepped: true, leavesOut: true);
        },
        ["reclaim"] = async e => await e.ReclaimAsync(e.Stepped),
    };

    private static Dictionary<string, Func<SteppedEngine, Task>> Actions { get; } = new()
    {
        ["fresh"] = async e => await e.CommitAsync(e.Plain, 50, "a", "b"),
        ["late"] = async e => await e.CommitAsync(e.Plain, 35, "a", "d"),
        ["low"] = async e => await e.CommitAsync(e.Plain, 15, "b", "c"),
        ["flush, evict"] = async e =>
        {
            await e.FlushAsync();
            e.Evict();
        },
        ["evict"] = e =>
        {
            e.Evict();
            return Task.CompletedTask;
        },
        ["reclaim"] = async e => await e.ReclaimAsync(e.Plain),
        ["late, flush, reclaim"] = async e =>
        {
            await e.CommitAsync(e.Plain, 35, "a", "d");
            await e.FlushAsync();
            await e.ReclaimAsync(e.Plain);
        },
        ["fresh, flush, evict, reclaim"] = async e =>
        {
            await e.CommitAsync(e.Plain, 50, "a", "b", "d");
            await e.FlushAsync();
            e.Evict();
            await e.ReclaimAsync(e.Plain);
        },
        ["fresh twice, flush that leaves out, evict"] = async e =>
        {
            await e.CommitAsync(e.Plain, 50, "a", "b", "d");
            await e.CommitAsync(e.Plain, 55, "a", "b");
            await e.FlushAsync(leavesOut: true);
            e.Evict();
        },
        ["delete, flush, evict, reclaim"] = async e =>
        {
            await e.CommitAsync(e.Plain, 50, "-a", "-b", "-d");
            await e.FlushAsync();
            e.Evict();
            await e.ReclaimAsync(e.Plain);
        },
        ["flush, reclaim"] = async e =>
        {
            await e.FlushAsync();
            await e.ReclaimAsync(e.Plain);
        },
        ["all"] = EverythingAsync,
    };

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task B12_a_read_interrupted_anywhere_answers_as_of_one_moment(string read)
    {
        var cases = await ForEachPointAsync((engine, context) => ReadAsync(engine, read, context));
        output.WriteLine($"{read}: {cases} interleavings");
    }

    [Fact]
    public async Task C1_a_snapshot_opened_anywhere_keeps_its_answers()
    {
        var cases = await ForEachPointAsync(
            async (engine, context) =>
            {
                var low = engine.Published;
                foreach (var at in (ulong[])[40, Latest])
                {
                    Snapshot snapshot;
                    try
                    {
                        snapshot = engine.Stepped.Open(at);
                    }
                    catch (BelowFloorException)
                    {
                        at.Should().BeLessThan(engine.Floor, context());
                        continue;
                    }

                    using (snapshot)
                    {
                        var first = await SteppedEngine.Parts.SnapshotAsync(snapshot, Keys);
                        await engine.Stepper.Interposed.WaitAsync(TimeSpan.FromMinutes(4));
                        Moments(low, engine.Published).Select(view => engine.Expected(Keys, at, view)).Should().Contain(first, context());
                        await EverythingAsync(engine);
                        (await SteppedEngine.Parts.SnapshotAsync(snapshot, Keys)).Should().Be(first, context());
                    }
                }
            });
        output.WriteLine($"snapshot: {cases} interleavings");
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task I1_to_I8_hold_when_a_write_is_interrupted_anywhere(string write)
    {
        var cases = await ForEachPointAsync((engine, context) => WriteAsync(engine, write, context));
        output.WriteLine($"{write}: {cases} interleavings");
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task C1_a_snapshot_opened_at_any_point_of_a_write_keeps_its_answers(string write)
    {
        var cases = 0;
        foreach (var at in (ulong[])[10, 20, 30, 40, Latest])
        {
            for (var point = 0; ; point++)
            {
                await using var engine = await StartAsync();
                Snapshot? snapshot = null;
                var expected = string.Empty;
                engine.Stepper.Arm(point, () =>
                {
                    try
                    {
                        snapshot = engine.Plain.Open(at);
                        expected = engine.Expected(Keys, at, engine.Published);
                    }
                    catch (BelowFloorException)
                    {
                        at.Should().BeLessThan(engine.Floor);
                    }

                    return Task.CompletedTask;
                });
                await WritesByName[write](engine);
                if (engine.Stepper.Passed <= point)
                {
                    break;
                }

                cases++;
                engine.Stepper.Disarm();
                for (var i = 0; snapshot is not null && i < 2; i++)
                {
                    (await SteppedEngine.Parts.SnapshotAsync(snapshot, Keys))
                        .Should().Be(expected, $"it was opened at {at}, {engine.Stepper.Names.ElementAtOrDefault(point)}");
                    await EverythingAsync(engine);
                }

                snapshot?.Dispose();
            }
        }

        output.WriteLine($"snapshot during {write}: {cases} interleavings");
    }

    [Fact]
    public async Task E1_the_flush_of_these_tests_leaves_something_out()
    {
        await using var engine = await StartAsync();
        await WritesByName["flush that leaves out"](engine);
        engine.LeftOut.Should().Be(3, "a and b have two versions in the slice, and b a third");
        engine.Floor.Should().Be(45);
        engine.RequireConsistent();
        (await engine.Plain.GetManyAsync(Keys, 45)).Should().Be(engine.Expected(Keys, 45, engine.Published));
    }

    [Theory]
    [InlineData(50UL)]
    [InlineData(35UL)]
    [InlineData(30UL)]
    public async Task A4_of_two_commits_for_one_key_and_version_exactly_one_succeeds(ulong version)
    {
        var cases = 0;
        for (var point = 0; ; point++)
        {
            await using var engine = await StartAsync();
            var second = false;
            engine.Stepper.Arm(point, async () => second = await engine.CommitAsync(engine.Plain, version, "a", "d"));
            var first = await engine.CommitAsync(engine.Stepped, version, "a", "b");
            await engine.Stepper.Interposed.WaitAsync(TimeSpan.FromMinutes(4));
            if (engine.Stepper.Passed <= point)
            {
                break;
            }

            cases++;
            var exists = version == 30;
            (first ^ second).Should().Be(!exists, $"point {point} of {string.Join(", ", engine.Stepper.Names)}");
            engine.RequireConsistent();
        }

        output.WriteLine($"duplicate at {version}: {cases} interleavings");
    }

    /// <summary>An interrupted read, and that it answers as of one moment.</summary>
    internal static async Task ReadAsync(SteppedEngine engine, string read, Func<string> context)
    {
        var low = engine.Published;
        var floor = engine.Floor;
        string? seen = null;
        try
        {
            seen = await ReadsByName[read](engine);
        }
        catch (BelowFloorException e)
        {
            e.Requested.Value.Should().BeLessThan(engine.Floor, context());
        }

        await engine.Stepper.Interposed.WaitAsync(TimeSpan.FromMinutes(4));
        if (seen is not null)
        {
            var keys = seen.Split(' ').Select(s => s[..1]).ToArray();
            var at = read.EndsWith("40", StringComparison.Ordinal) ? 40 : Latest;
            var isOfOneMoment = Moments(low, engine.Published).Any(view => engine.Expected(keys, at, view) == seen);
            (isOfOneMoment && at >= floor).Should().BeTrue("{0} was read, {1}", seen, context());
        }
    }

    /// <summary>An interrupted write, and that everything is right after it.</summary>
    internal static async Task WriteAsync(SteppedEngine engine, string write, Func<string> context)
    {
        using var at40 = engine.Plain.Open(40);
        using var latest = engine.Plain.Open(Latest);
        var before = (engine.Expected(Keys, 40, engine.Published), engine.Expected(Keys, Latest, engine.Published));

        await WritesByName[write](engine);
        await engine.Stepper.Interposed.WaitAsync(TimeSpan.FromMinutes(4));
        engine.Stepper.Disarm();

        for (var i = 0; i < 2; i++)
        {
            engine.RequireConsistent();
            (await SteppedEngine.Parts.SnapshotAsync(at40, Keys)).Should().Be(before.Item1, context());
            (await SteppedEngine.Parts.SnapshotAsync(latest, Keys)).Should().Be(before.Item2, context());
            (await engine.Plain.GetManyAsync(Keys, Latest)).Should().Be(engine.Expected(Keys, Latest, engine.Published), context());
            (await engine.Plain.GetManyAsync(Keys, 1_000)).Should().Be(engine.Expected(Keys, 1_000, engine.Published), context());
            await EverythingAsync(engine);
        }
    }

    /// <summary>What runs in between, by its name.</summary>
    internal static Func<SteppedEngine, Task> ActionOf(string name) => Actions[name];

    private static async Task EverythingAsync(SteppedEngine engine)
    {
        await engine.CommitAsync(engine.Plain, 37, "a", "b", "c");
        await engine.FlushAsync();
        engine.Evict();
        await engine.ReclaimAsync(engine.Plain);
        await engine.CommitAsync(engine.Plain, 60, "a", "-d");
        await engine.FlushAsync();
        engine.Evict();
        await engine.ReclaimAsync(engine.Plain);
    }

    private static IEnumerable<ulong> Moments(ulong low, ulong high)
    {
        for (var view = low; view <= high; view++)
        {
            yield return view;
        }
    }

    // Old entries on disk only, newer ones in memory and on disk, the newest in memory only; and two keys whose deletion is on disk only, with a late version
    // below it in memory, for one on disk too.
    internal static async Task<SteppedEngine> StartAsync()
    {
        var engine = new SteppedEngine();
        await engine.CommitAsync(engine.Plain, 10, "a", "b", "d", "e");
        await engine.CommitAsync(engine.Plain, 20, "c", "-e", "-f");
        await engine.FlushAsync();
        engine.Evict();
        await engine.CommitAsync(engine.Plain, 18, "e");
        await engine.CommitAsync(engine.Plain, 30, "a", "c");
        await engine.FlushAsync();
        await engine.CommitAsync(engine.Plain, 40, "b");
        await engine.CommitAsync(engine.Plain, 19, "f");
        return engine;
    }

    private static async Task<int> ForEachPointAsync(Func<SteppedEngine, Func<string>, Task> run)
    {
        var cases = 0;
        foreach (var (name, action) in Actions)
        {
            for (var point = 0; ; point++)
            {
                await using var engine = await StartAsync();
                var at = point;
                engine.Stepper.Arm(point, () => action(engine));
                await run(engine, () => $"\"{name}\" ran at point {at}, {engine.Stepper.Names.ElementAtOrDefault(at)}");
                engine.RequireConsistent();
                if (engine.Stepper.Passed <= point)
                {
                    break;
                }

                cases++;
            }
        }

        return cases;
    }
}
