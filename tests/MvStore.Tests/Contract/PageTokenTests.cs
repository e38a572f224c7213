using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

/// <summary>What a page token goes on with, what it survives, and what it is refused for.</summary>
public sealed class PageTokenTests
{
    private const int Fuzzes = 2_000;

    public static TheoryData<StoreStorage, Residency> Everywhere => TestCases.Everywhere;

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B9_ATokenResumesInAnotherCallAfterATripOutOfTheProcess(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Set("c", "1").Set("d", "1"), 1);
        await fixture.SettleAsync(residency);

        var first = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1);
        await fixture.Store.CommitAsync(new WriteBatch().Set("aa", "2").Remove("c").Set("d", "2"), 2);
        var carried = new PageToken(Convert.FromBase64String(Convert.ToBase64String(first.Next!.Value.Bytes.Span)));
        carried.Should().Be(first.Next.Value);

        // The page size may change between pages, and a token may be used again.
        for (var times = 0; times < 2; times++)
        {
            var rest = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 10, ScanDirection.Forward, carried);
            AnswerText.Of(rest.Rows).Should().Be("[b@1=1, c@1=1, d@1=1]", "later pages read at the moment of the first");
            rest.Next.Should().BeNull();
        }
    }

    [Fact]
    public async Task B9_ATokenOfAnotherScanIsRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await FillAsync(fixture.Store);
        var range = KeyRange.Between("k0"u8, "k7"u8);
        var token = (await fixture.Store.ScanPageAsync(range, ReadScope.AsOf(2), 2)).Next!.Value;

        (KeyRange Range, ReadScope Scope, ScanDirection Direction)[] others =
        [
            (range, ReadScope.AsOf(2), ScanDirection.Reverse),
            (range, ReadScope.AsOf(1), ScanDirection.Forward),
            (range, ReadScope.Latest, ScanDirection.Forward),
            (range, ReadScope.Between(1, 2), ScanDirection.Forward),
            (KeyRange.All, ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.Between("k0"u8, "k8"u8), ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.Between("k0"u8, true, "k7"u8, true), ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.Between("k0"u8, false, "k7"u8, false), ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.From("k0"u8), ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.Until("k7"u8), ReadScope.AsOf(2), ScanDirection.Forward),
            (KeyRange.Between("k"u8, "0k7"u8), ReadScope.AsOf(2), ScanDirection.Forward),
        ];
        foreach (var (otherRange, scope, direction) in others)
        {
            await RequireRefusedAsync(
                () => fixture.Store.ScanPageAsync(otherRange, scope, 2, direction, token),
                $"{otherRange} {scope} {direction}");
        }

        AnswerText.Of((await fixture.Store.ScanPageAsync(range, ReadScope.AsOf(2), 2, ScanDirection.Forward, token)).Rows)
            .Should().Be("[k2@1=1, k3@1=1]");
    }

    [Fact]
    public async Task B9_ATokenOfAnotherSnapshotOrAnotherOpeningIsRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await FillAsync(fixture.Store);
        var ofStore = (await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2)).Next!.Value;
        using (var one = fixture.Store.OpenSnapshot(2))
        {
            var token = (await one.ScanPageAsync(KeyRange.All, 2)).Next!.Value;
            using var other = fixture.Store.OpenSnapshot(1);
            await RequireRefusedAsync(() => other.ScanPageAsync(KeyRange.All, 2, continuation: token), "another version");
            await fixture.Store.SetAsync(3, "x", "1");
            using var later = fixture.Store.OpenSnapshot(2);
            await RequireRefusedAsync(() => later.ScanPageAsync(KeyRange.All, 2, continuation: token), "another moment");
            await RequireRefusedAsync(() => one.ScanPageAsync(KeyRange.All, 2, after: 1, continuation: token), "another window");
            await RequireRefusedAsync(() => one.ScanPageAsync(KeyRange.All, 2, ScanDirection.Reverse, token), "another direction");
        }

        await fixture.ReopenAsync();
        await RequireRefusedAsync(
            () => fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2, continuation: ofStore),
            "an earlier opening");
    }

    [Fact]
    public async Task B9_ADamagedTokenGivesAnArgumentErrorAndNeverAnythingElse()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await FillAsync(fixture.Store);
        using var snapshot = fixture.Store.OpenSnapshot(2);
        var token = (await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2)).Next!.Value.Bytes.ToArray();

        // Cut short anywhere, lengthened, each bit flipped, and at random.
        for (var length = 0; length < token.Length; length++)
        {
            await RequireDamagedAsync(token[..length], $"cut to {length} bytes");
            await RequireDamagedAsync(token[length..][..(token.Length - length - 1)], $"from {length}");
        }

        await RequireDamagedAsync([.. token, 0], "one byte longer");
        await RequireDamagedAsync([.. token, .. token], "twice");
        for (var bit = 0; bit < token.Length * 8; bit++)
        {
            var flipped = token.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            await RequireDamagedAsync(flipped, $"bit {bit} flipped");
        }

        var random = new Random(20_260_101);
        for (var i = 0; i < Fuzzes; i++)
        {
            var noise = new byte[random.Next(120)];
            random.NextBytes(noise);
            if (i % 2 == 0 && noise.Length > 0)
            {
                noise[0] = token[0];
            }

            await RequireDamagedAsync(noise, $"noise {i}");
        }

        async Task RequireDamagedAsync(byte[] bytes, string what)
        {
            await RequireRefusedAsync(
                () => fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2, continuation: new PageToken(bytes)),
                what);
            await RequireRefusedAsync(() => snapshot.ScanPageAsync(KeyRange.All, 2, continuation: new PageToken(bytes)), what);
        }
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B9_B10_ATokenWhoseMomentTheFloorPassedGivesTheFloorsError(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await FillAsync(fixture.Store);
        var token = (await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2)).Next!.Value;
        await fixture.Store.SetAsync(50, "x", "1");
        await fixture.FlushIfPersistentAsync();

        await fixture.Store.ReclaimAsync();
        var error = await Assert.ThrowsAsync<BelowFloorException>(
            async () => await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(2), 2, continuation: token));
        error.Requested.Should().Be((CommitVersion)2);
        error.Floor.Should().Be((CommitVersion)50);
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B9_B10_ATokenWhoseRowsALateCommitReleasedGivesTheFloorsErrorAndNoOtherRows(StoreStorage storage)
    {
        // The floor stays below the token's version, but the late 55, which the scan cannot see, takes the place of 10 below the floor.
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 40);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "10").Set("b", "10").Set("c", "10"), 10);
        var token = (await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(100), 1)).Next!.Value;
        await fixture.Store.SetAsync(60, "x", "60");
        await fixture.Store.SetAsync(55, "b", "55");
        await fixture.Store.SetAsync(100, "x", "100");
        await fixture.FlushIfPersistentAsync();

        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)60);
        await Assert.ThrowsAsync<BelowFloorException>(
            async () => await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(100), 5, continuation: token));
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B9_ATokenSurvivesAFloorThatRisesBelowItsMoment(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 5);
        await FillAsync(fixture.Store);
        await fixture.Store.SetAsync(10, "k9", "ten");
        var first = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 2);
        await fixture.FlushIfPersistentAsync();

        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)5);
        var rest = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 20, continuation: first.Next);
        AnswerText.Of([.. first.Rows, .. rest.Rows])
            .Should().Be("[k0@1=1, k1@1=1, k2@1=1, k3@1=1, k4@1=1, k5@2=2, k6@2=2, k7@2=2, k8@2=2, k9@10=ten]");
    }

    private static async Task FillAsync(IMultiVersionStore store)
    {
        await store.CommitAsync(new WriteBatch().Set("k0", "1").Set("k1", "1").Set("k2", "1").Set("k3", "1").Set("k4", "1"), 1);
        await store.CommitAsync(new WriteBatch().Set("k5", "2").Set("k6", "2").Set("k7", "2").Set("k8", "2").Set("k9", "2"), 2);
    }

    private static async Task RequireRefusedAsync(Func<ValueTask<ScanPage>> read, string what)
    {
        Exception? thrown = null;
        try
        {
            await read();
        }
#pragma warning disable CA1031 // Any other exception is the finding.
        catch (Exception error)
#pragma warning restore CA1031
        {
            thrown = error;
        }

        thrown.Should().BeOfType<ArgumentException>("the token is wrong: {0}", what);
    }
}
