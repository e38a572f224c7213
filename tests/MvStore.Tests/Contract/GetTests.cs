using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class GetTests
{
    public static TheoryData<StoreStorage, Residency> Everywhere => TestCases.Everywhere;

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B1_GetIsTheNewestPublishedVersionAtOrBelow(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(3, "a", "x");
        await fixture.Store.RemoveAsync(5, "a");
        await fixture.Store.SetAsync(8, "a", "y");
        await fixture.SettleAsync(residency);

        string?[] expected = [null, null, null, "x@3", "x@3", null, null, null, "y@8", "y@8"];
        for (var at = 0; at < expected.Length; at++)
        {
            (await fixture.Store.ReadAsync("a", (ulong)at)).Should().Be(expected[at], "that is a at {0}", at);
        }

        (await fixture.Store.ReadAsync("a", CommitVersion.Latest)).Should().Be("y@8");
        (await fixture.Store.ReadAsync("a", CommitVersion.Max)).Should().Be("y@8");
        (await fixture.Store.ReadAsync("a", CommitVersion.Max.Value + 1)).Should().Be("y@8");
        (await fixture.Store.ReadAsync("a", ulong.MaxValue - 1)).Should().Be("y@8");
        (await fixture.Store.ReadAsync("b", CommitVersion.Latest)).Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B1_AnEmptyValueIsAValueAndTheEmptyKeyIsAKey(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", string.Empty).Set(string.Empty, "nameless").Set("zero", "\0"), 1);
        await fixture.SettleAsync(residency);

        (await fixture.Store.ReadAsync("a")).Should().Be("@1");
        (await fixture.Store.ContainsAsync("a"u8, CommitVersion.Latest)).Should().BeTrue();
        (await fixture.Store.GetAsync("a"u8, CommitVersion.Latest))!.Value.IsTombstone.Should().BeFalse();
        (await fixture.Store.ReadAsync(string.Empty)).Should().Be("nameless@1");
        (await fixture.Store.ReadAsync("zero")).Should().Be("\0@1");
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B2_TheRowCarriesTheVersionItWasWrittenAt(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "old");
        await fixture.Store.SetAsync(20, "b", "new");
        await fixture.SettleAsync(residency);

        using var snapshot = fixture.Store.OpenSnapshot(17);
        (await fixture.Store.GetAsync("a"u8, 17))!.Value.Version.Should().Be((CommitVersion)10);
        (await snapshot.GetAsync("a"u8))!.Value.Version.Should().Be((CommitVersion)10);
        (await fixture.Store.GetManyAsync([Bytes.Of("a")], 17)).Single().Version.Should().Be((CommitVersion)10);
        (await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.AsOf(17)))).Single().Version
            .Should().Be((CommitVersion)10);
        (await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(17), 5)).Rows.Single().Version.Should().Be((CommitVersion)10);
        (await fixture.Store.GetPreviousAsync("a"u8, 17)).Row.Version.Should().Be((CommitVersion)10);
        (await Scans.ToListAsync(fixture.Store.HistoryAsync(KeyRange.All, 17))).Single().Version.Should().Be((CommitVersion)10);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Trap06_SteppingBackByTheVersionOfTheRowNeverRepeatsOne(StoreStorage storage, Residency residency)
    {
        // A row that carried the version asked for made the next step return it again.
        await using var fixture = await StoreFixture.OpenAsync(storage);
        foreach (var version in (ulong[])[7, 19, 64])
        {
            await fixture.Store.SetAsync(version, "a", $"v{version}");
        }

        await fixture.SettleAsync(residency);

        var row = (await fixture.Store.GetAsync("a"u8, 1_000))!.Value;
        var seen = new List<string?> { StoreTexts.Show(row) };
        for (var step = await fixture.Store.GetPreviousAsync("a"u8, row.Version); step.HasRow;
            step = await fixture.Store.GetPreviousAsync("a"u8, step.Row.Version))
        {
            seen.Add(StoreTexts.Show(step.Row));
        }

        seen.Should().Equal("v64@64", "v19@19", "v7@7");
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B3_ContainsIsGetIsPresent(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(3, "a", "x");
        await fixture.Store.RemoveAsync(5, "a");
        await fixture.Store.SetAsync(8, "b", string.Empty);
        await fixture.SettleAsync(residency);

        foreach (var key in (string[])["a", "b", "c"])
        {
            foreach (var at in (CommitVersion[])[0, 2, 3, 4, 5, 7, 8, 9, CommitVersion.Latest])
            {
                var isPresent = await fixture.Store.GetAsync(Bytes.Of(key), at) is not null;
                (await fixture.Store.ContainsAsync(Bytes.Of(key), at))
                    .Should().Be(isPresent, "that is what get says of {0} at {1}", key, at);
                using var snapshot = fixture.Store.OpenSnapshot(at);
                (await snapshot.ContainsAsync(Bytes.Of(key))).Should().Be(isPresent);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B3_GetManyEqualsGetPerKeyInKeyOrderAndCollapsesDuplicates(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Set("c", "1").Set(string.Empty, "1"), 1);
        await fixture.SettleAsync(residency);
        await fixture.Store.CommitAsync(new WriteBatch().Set("b", "2").Remove("c").Set("d", "2"), 2);

        ReadOnlyMemory<byte>[] keys = [.. "d c b a a nobody b d".Split(' ').Select(Bytes.Of), Bytes.Of(string.Empty)];
        AnswerText.Of(await fixture.Store.GetManyAsync(keys, CommitVersion.Latest)).Should().Be("[''@1=1, a@1=1, b@2=2, d@2=2]");
        AnswerText.Of(await fixture.Store.GetManyAsync(keys, 1)).Should().Be("[''@1=1, a@1=1, b@1=1, c@1=1]");
        using var snapshot = fixture.Store.OpenSnapshot(1);
        AnswerText.Of(await snapshot.GetManyAsync(keys)).Should().Be("[''@1=1, a@1=1, b@1=1, c@1=1]");
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B3_EmptyInEmptyOut(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.SettleAsync(residency);
        await fixture.Store.ReclaimAsync();

        (await fixture.Store.GetManyAsync([], CommitVersion.Latest)).Should().BeEmpty();
        (await fixture.Store.GetManyAsync([], 0)).Should().BeEmpty("no key is asked for, so none has a floor");
        using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        (await snapshot.GetManyAsync([])).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task B3_GetManyIsOneMomentWhileCommitsFlushesAndEvictionRun(StoreStorage storage)
    {
        const int Commits = 300;
        await using var fixture = await StoreFixture.OpenAsync(storage);
        ReadOnlyMemory<byte>[] keys = [.. Enumerable.Range(0, 12).Select(i => Bytes.Of($"k{i:00}"))];
        await CommitAllAsync(1);

        var writer = Task.Run(async () =>
        {
            for (ulong version = 2; version <= Commits; version++)
            {
                await CommitAllAsync(version);
                if (storage != StoreStorage.None && version % 20 == 0)
                {
                    await fixture.Store.FlushAsync();
                    fixture.Store.Evict(0);
                }
            }
        });
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Commits; i++)
            {
                var rows = await fixture.Store.GetManyAsync(keys, CommitVersion.Latest);
                rows.Should().HaveCount(keys.Length);
                rows.Select(r => r.Version).Distinct().Should().ContainSingle("every commit writes all keys");
            }
        }));
        await Task.WhenAll([writer, .. readers]).Guarded();

        async Task CommitAllAsync(ulong version)
        {
            var batch = new WriteBatch(keys.Length);
            foreach (var key in keys)
            {
                batch.Set(key.Span, Bytes.Of(version));
            }

            await fixture.Store.CommitAsync(batch, version);
        }
    }
}
