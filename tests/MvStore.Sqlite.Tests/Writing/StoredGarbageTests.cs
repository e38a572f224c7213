using System.Globalization;

namespace MvStore.Sqlite.Tests.Writing;

/// <summary>What a run that may leave some of what can go looks at, counted in rows.</summary>
public sealed class StoredGarbageTests : IAsyncLifetime
{
    private const double Share = 0.1;
    private const int Keys = 2_000;
    private const int VersionsPerKey = 10;
    private const int Old = Keys * (VersionsPerKey - 1);

    private readonly SqliteLocation _location = new();
    private readonly List<Pin> _pins = [];
    private SqliteTier _tier = null!;
    private ulong _version;
    private ulong _floor;
    private RetentionPlan _plan = RetentionPlan.KeepEverything;
    private Dictionary<EntryKind, CommitVersion> _kinds = [];

    public async Task InitializeAsync() => _tier = await _location.OpenAsync();

    public async Task DisposeAsync()
    {
        await _tier.DisposeAsync();
        await _location.DisposeAsync();
    }

    [Fact]
    public async Task E6_I66_HistoryThatIsHeldIsWalkedThroughOnceATenthOfItCanGo()
    {
        const int Held = 200; // versions, of a hundred keys each
        const int Runs = 200;
        var written = 0;
        for (; written < Held + (Keys / 100); written++)
        {
            await WriteAsync(written * 100 % Keys, 100);
        }

        // Each run finds a hundred more versions that can go, of 20,000 that are held.
        var scanned = 0L;
        var reclaimed = 0L;
        for (var run = 0; run < Runs; run++)
        {
            _floor = _version - Held;
            var done = await RunAsync(Share);
            (scanned, reclaimed) = (scanned + done.ScannedVersions, reclaimed + done.ReclaimedVersions);
            await WriteAsync(written++ * 100 % Keys, 100);
        }

        // A walk for each 2,000 that can go, and the first one: without, there would be 200.
        scanned.Should().BeLessThan(12 * (Keys + 22_000));
        reclaimed.Should().BeGreaterThan((Runs * 100) - 2_500);
        (await RunAsync(0)).ReclaimedVersions.Should().BeLessThanOrEqualTo(2_500);
    }

    [Fact]
    public async Task E6_I66_ARunWithoutAnythingDueLooksAtNothingAndWritesNothing()
    {
        await FillAsync();
        await RunAsync(Share);
        var before = PlainSqlite.Query(_location.Path, "SELECT changes FROM meta");
        for (var i = 0; i < 100; i++)
        {
            (await StepAsync(null, Share)).Should().Be(new TierReclaimed(null, 0, 0, 0) { IsPutOff = true });
        }

        PlainSqlite.Query(_location.Path, "SELECT changes FROM meta").Should().Be(before);
        (await RunAsync(0)).ScannedVersions.Should().Be(Keys * VersionsPerKey, "who asks for a run gets one");
    }

    [Fact]
    public async Task E6_FewRowsAreWalkedThroughWheneverOneCanGo()
    {
        await WriteAsync(0, 100);
        await WriteAsync(0, 100);
        _floor = 1;
        await RunAsync(Share);
        await WriteAsync(0, 1);
        _floor = _version;
        (await RunAsync(Share)).ReclaimedVersions.Should().Be(101);
        (await StepAsync(null, Share)).IsPutOff.Should().BeTrue();
    }

    [Theory]
    [InlineData(1_000, false)]
    [InlineData(Keys, true)]
    public async Task E2_I66_WhatAPinSparedCountsWhenItCloses(int held, bool isWorthAWalk)
    {
        await FillAsync();
        _pins.Add(new Pin(_version, _version));
        _pins.Add(new Pin(_version, _version) { Scope = KeyRange.Prefix("none"u8) });
        await WriteAsync(0, held);
        _floor = 1;
        await RunAsync(Share);
        _floor = _version;
        (await RunAsync(Share)).ReclaimedVersions.Should().Be(Old, "of the keys written last the pin sees the newest but one");

        // Then history grows, so that what the pin holds is a small or a large part of it.
        for (var i = 0; i < (isWorthAWalk ? 1 : 8); i++)
        {
            await WriteAsync(0, Keys);
        }

        (await StepAsync(null, Share)).IsPutOff.Should().BeTrue("the floor has not moved, and the pin is open");
        _pins.RemoveAt(1);
        (await StepAsync(null, Share)).IsPutOff.Should().BeTrue("that one held nothing");
        _pins.Clear();
        var done = await RunAsync(Share);
        (done.ReclaimedVersions, done.ScannedVersions > 0).Should().Be(isWorthAWalk ? (held, true) : (0, false));
        (await RunAsync(0)).ReclaimedVersions.Should().Be(isWorthAWalk ? 0 : held);
    }

    [Fact]
    public async Task E6_I66_EachOlderVersionOfANewKeyInOneSliceCounts()
    {
        const int New = 1_500;
        await HoldHistoryAsync();
        _version += 3;
        TierRow[] rows = [.. Enumerable.Range(0, 3 * New).Select(i => Rows.Set($"s{i / 3:D5}", _version - 2 + (ulong)(i % 3), _version, "x"))];
        await _tier.ApplyAsync(new TierBatch(_version - 3, _version, _version, rows), default);
        _kinds[EntryKind.Source(1)] = _version;
        (await RunAsync(Share)).ReclaimedVersions.Should().Be(2 * New, "that is more than a tenth of what is there");
    }

    [Fact]
    public async Task E4_I66_ADeletionThatIsReplacedIsOneOldRowAndNotTwo()
    {
        const int Garbage = 300;
        _plan = new RetentionPlan(new Retention(), []) { ReclaimsDeletedKeys = true };
        _kinds = new() { [EntryKind.Source(1)] = 0 };
        await RunAsync(Share);
        _version++;
        await _tier.ApplyAsync(new TierBatch(_version - 1, _version, _version, [.. Enumerable.Range(0, Keys).Select(i => Rows.Gone($"k{i:D5}", _version, _version))]), default);
        await WriteAsync(0, Keys);

        // A little more than a tenth of the old rows can go: those of another kind.
        for (var i = 0; i < 2; i++)
        {
            _version++;
            await _tier.ApplyAsync(new TierBatch(_version - 1, _version, _version, [.. Enumerable.Range(0, Garbage).Select(key => Rows.Set($"s{key:D5}", _version, _version, "x"))]), default);
        }

        _kinds[EntryKind.Source(1)] = _version;
        (await RunAsync(Share)).ReclaimedVersions.Should().Be(Garbage);
    }

    [Fact]
    public async Task E5_I66_AWalkIsMadeWhenLessIsToBeKeptOrAKindDiffers()
    {
        await FillAsync();
        _plan = new RetentionPlan(new Retention(perKey: 3), []);
        _floor = _version;
        (await RunAsync(Share)).ReclaimedVersions.Should().Be(Keys * (VersionsPerKey - 3));
        (await StepAsync(null, Share)).IsPutOff.Should().BeTrue();

        _plan = new RetentionPlan(new Retention(perKey: 2), []);
        (await RunAsync(Share)).ReclaimedVersions.Should().Be(Keys);
        (await StepAsync(null, Share)).IsPutOff.Should().BeTrue();

        _kinds = new() { [EntryKind.Source(1)] = _floor };
        (await StepAsync(null, Share)).IsPutOff.Should().BeFalse("nobody counted what the kind could let go");
        await RunAsync(Share);
        (await StepAsync(null, Share)).IsPutOff.Should().BeTrue();
    }

    [Fact]
    public async Task E4_I66_DeletionsCountWhenTheFloorReachesThem()
    {
        _plan = new RetentionPlan(new Retention(), []) { ReclaimsDeletedKeys = true };
        await FillAsync();
        _floor = 1;
        await RunAsync(Share);
        TierRow[] gone = [.. Enumerable.Range(0, Keys).Select(i => Rows.Gone($"n{i:D5}", _version + 1, _version + 1))]; // of keys that never were
        await _tier.ApplyAsync(new TierBatch(_version, _version + 1, _version + 1, gone), default);
        (await StepAsync(null, Share)).IsPutOff.Should().BeTrue("the floor is below");
        _floor = ++_version;
        (await RunAsync(Share)).ReclaimedVersions.Should().Be(Keys + Old);
        (await StepAsync(null, Share)).IsPutOff.Should().BeTrue();
    }

    [Fact]
    public async Task I67_KeysThatAreAskedForByNameAreNeverPutOff()
    {
        await FillAsync();
        await RunAsync(Share);
        (await StepAsync(null, Share)).IsPutOff.Should().BeTrue();
        var rule = new RetentionRule(new FloorSet(_floor, [], [new KeyFloor(Rows.Key("k00007"), _version)]), [], TestClassifier.Instance, _plan);
        var done = await _tier.ReclaimAsync(new TierReclaimStep(rule, null, 1_000) { Keys = Rows.Keys("k00007"), GarbageShare = Share }, default);
        done.Should().BeEquivalentTo(new { IsPutOff = false, ReclaimedVersions = VersionsPerKey - 1L });
    }

    [Fact]
    public async Task E8_I66_AfterOpeningAndAfterAFailureNothingIsKnown()
    {
        await FillAsync();
        await RunAsync(Share);
        await _tier.DisposeAsync();
        _tier = await _location.OpenAsync();
        (await StepAsync(null, Share)).IsPutOff.Should().BeFalse();
        await RunAsync(Share);
        await _tier.Awaiting(t => t.ApplyAsync(new TierBatch(_version - 1, _version, _version, [Rows.Set("x", 1, 1, "x")]), default).AsTask()).Should().ThrowAsync<PersistentTierException>();
        (await StepAsync(null, Share)).IsPutOff.Should().BeFalse();
    }

    [Fact]
    public async Task E8_I66_AfterAStepThatFailedNothingIsKnown()
    {
        await FillAsync();
        await RunAsync(Share);
        (await StepAsync(null, Share)).IsPutOff.Should().BeTrue();

        // Of a run that leaves nothing the second step is given up in the middle of its keys.
        using var cancellation = new CancellationTokenSource();
        var classifier = new CountingClassifier();
        var rule = new RetentionRule(new FloorSet(_floor, new Dictionary<EntryKind, CommitVersion> { [EntryKind.Source(1)] = 0 }), [], classifier, _plan);
        var first = await _tier.ReclaimAsync(new TierReclaimStep(rule, null, 1_000), default);
        classifier.OnCall(100, cancellation.Cancel);
        var second = new TierReclaimStep(rule, first.Next, 1_000);
        await _tier.Awaiting(t => t.ReclaimAsync(second, cancellation.Token).AsTask()).Should().ThrowAsync<OperationCanceledException>();
        (await StepAsync(null, Share)).IsPutOff.Should().BeFalse("the walk is not through, and what it counted is wrong");
    }

    [Fact]
    public async Task E2_I66_WhatASliceReplacesAtOnceIsNoGarbage()
    {
        await WriteAsync(0, Keys);
        _floor = 1;
        await RunAsync(Share);
        for (var i = 0; i < 3; i++)
        {
            _floor = ++_version;
            TierRow[] rows = [.. Enumerable.Range(0, Keys).Select(key => Rows.Set($"k{key:D5}", _version, _version, "x"))];
            await _tier.ApplyAsync(new TierBatch(_version - 1, _version, _version, rows) { Floors = new FloorSet(_floor, []), Rule = Rule() }, default);
            PlainSqlite.Query(_location.Path, "SELECT count(*) FROM history").Should().Be("0", "the slice let go of what it hides");
            (await StepAsync(null, Share)).IsPutOff.Should().BeTrue("there is nothing to look at");
        }

        (await _tier.VerifyAsync()).Should().BeEquivalentTo(new { IsSound = true, AreEntriesCounted = true }, "the store knows how many rows are left");
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public async Task A3_WhatMayStayIsAShare(double share)
        => await this.Awaiting(_ => StepAsync(null, share).AsTask()).Should().ThrowAsync<ArgumentOutOfRangeException>();

    [Theory]
    [InlineData(1, 5)]
    [InlineData(6, 5)]
    public async Task E6_I66_NoMoreStaysThanMayAndNothingElseGoes(int firstSeed, int runs)
    {
        var putOff = 0;
        var walked = 0;
        runs = int.TryParse(Environment.GetEnvironmentVariable("MVSTORE_MODEL_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : runs;
        for (var seed = firstSeed; seed < firstSeed + runs; seed++)
        {
            await using var run = await GarbageRun.OpenAsync(seed);
            try
            {
                await run.RunAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }

            putOff += run.PutOff;
            walked += run.Walked;
        }

        putOff.Should().BeGreaterThan(runs);
        walked.Should().BeGreaterThan(runs);
    }

    private async Task FillAsync()
    {
        for (var i = 0; i < VersionsPerKey; i++)
        {
            await WriteAsync(0, Keys);
        }
    }

    // As much as no floor reaches, and a kind that has one of its own.
    private async Task HoldHistoryAsync()
    {
        _kinds = new() { [EntryKind.Source(1)] = 0 };
        await FillAsync();
        await RunAsync(Share);
        (await StepAsync(null, Share)).IsPutOff.Should().BeTrue();
    }

    private async Task WriteAsync(int first, int count)
    {
        _version++;
        TierRow[] rows = [.. Enumerable.Range(first, count).Select(i => Rows.Set($"k{i:D5}", _version, _version, "x"))];
        await _tier.ApplyAsync(new TierBatch(_version - 1, _version, _version, rows), default);
    }

    private async Task<TierReclaimed> RunAsync(double share)
    {
        var rule = Rule();
        var total = default(TierReclaimed);
        ReadOnlyMemory<byte>? after = null;
        do
        {
            var done = await _tier.ReclaimAsync(new TierReclaimStep(rule, after, 1_000) { GarbageShare = share }, default);
            total = new TierReclaimed(null, total.ScannedVersions + done.ScannedVersions, total.ReclaimedVersions + done.ReclaimedVersions, 0);
            after = done.Next;
        }
        while (after is not null);

        return total;
    }

    private ValueTask<TierReclaimed> StepAsync(ReadOnlyMemory<byte>? after, double share)
        => _tier.ReclaimAsync(new TierReclaimStep(Rule(), after, 1) { GarbageShare = share }, default);

    private RetentionRule Rule() => new(new FloorSet(_floor, _kinds), _pins, TestClassifier.Instance, _plan);
}
