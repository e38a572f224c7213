using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract A11: the store copies what it is given, and a batch can be committed again.</summary>
public sealed class OwnershipTests
{
    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A11_TheCallersMemoryMayBeReusedOnceACallReturned(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var key = Bytes.Of("key");
        var value = Bytes.Of("value");
        var batch = new WriteBatch().Set(key, value);
        Array.Fill(key, (byte)'!');
        Array.Fill(value, (byte)'!');
        await fixture.Store.CommitAsync(batch, 10).Guarded();
        batch.Clear().Set("key", "other");
        await fixture.SettleAsync(residency);

        (await fixture.Store.HistoryAllAsync()).Should().Equal("key=value@10");
    }

    [Fact]
    public async Task A11_WhatListenersGetOfALargeBatchIsTheirs()
    {
        const int Keys = 100;
        var listener = new CommitRecorder();
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, build: builder => builder.AddCommitListener(listener));
        var batch = new WriteBatch();
        for (var key = Keys; key > 0; key--)
        {
            batch.Set(Bytes.Of((ulong)key), "superseded"u8).Set(Bytes.Of((ulong)key), Bytes.OfLength(1_000, (byte)key));
        }

        await fixture.Store.CommitAsync(batch, 10).Guarded();
        batch.Clear();
        for (var key = 1; key <= 2 * Keys; key++)
        {
            batch.Set(Bytes.Of((ulong)key), Bytes.OfLength(1_000, 0));
        }

        var deltas = (await listener.TakeAsync(1).Guarded())[0].Deltas;
        deltas.Select(delta => Bytes.Number(delta.Key)).Should().Equal(Enumerable.Range(1, Keys).Select(key => (ulong)key));
        deltas.All(delta => delta.Value.Span.SequenceEqual(Bytes.OfLength(1_000, (byte)Bytes.Number(delta.Key)))).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(TestCases.StoragesThatFlush), MemberType = typeof(TestCases))]
    public async Task A11_TheBatchMayBeReusedWhileADurableCommitStillWaits(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        using var hold = fixture.Tier.HoldApplies();
        var batch = new WriteBatch().Set("key", "value");
        var commit = fixture.Store.CommitAsync(batch, 10, Durability.Durable).AsTask();
        await hold.Reached.Guarded();
        batch.Clear().Set("key", "other").Set("more", "other");
        hold.Release();
        await commit.Guarded();
        await fixture.ReopenAsync();

        (await fixture.Store.HistoryAllAsync()).Should().Equal("key=value@10");
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A11_ABatchCanBeCommittedAgain(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var batch = new WriteBatch().Set("a", "1").Remove("b");
        await fixture.Store.CommitAsync(batch, 10).Guarded();
        await fixture.SettleAsync(residency);
        await fixture.Store.CommitAsync(batch, 30).Guarded();
        await fixture.Store.CommitAsync(batch, 20).Guarded();
        batch.Set("c", "3");
        await fixture.Store.CommitAsync(batch, 40).Guarded();
        await fixture.SettleAsync(residency);

        (await fixture.Store.HistoryAllAsync()).Should().Equal(
            "a=1@40", "a=1@30", "a=1@20", "a=1@10", "b=-@40", "b=-@30", "b=-@20", "b=-@10", "c=3@40");
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A11_ABatchThatIsClearedAndFilledAgainLeavesCommitsAlone(StoreStorage storage, Residency residency)
    {
        const int commits = 50;
        var listener = new CommitRecorder();
        await using var fixture = await StoreFixture.OpenAsync(storage, build: b => b.AddCommitListener(listener));
        var batch = new WriteBatch();
        var expected = new List<string>();
        for (var version = 1; version <= commits; version++)
        {
            // Of different lengths, so that each filling lies differently in the memory of the one before.
            batch.Clear().Set($"k{version:D2}", new string('v', version)).Remove("gone").Set("last", "lost").Set("last", $"{version}");
            await fixture.Store.CommitAsync(batch, (ulong)version).Guarded();
            expected.Add($"k{version:D2}={new string('v', version)}@{version}");
        }

        batch.Clear().Set("other", new string('!', 5_000));
        await fixture.SettleAsync(residency);

        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal([.. expected, $"last={commits}@{commits}"]);
        (await fixture.Store.HistoryAsync("last")).Should().Equal(Enumerable.Range(1, commits).Reverse().Select(v => $"{v}@{v}"));
        foreach (var (told, version) in (await listener.TakeAsync(commits).Guarded()).Select((c, i) => (c, i + 1)))
        {
            told.Deltas.Select(d => (d.Kind, Bytes.Text(d.Key), Bytes.Text(d.Value))).Should().Equal(
                (DeltaKind.Remove, "gone", string.Empty),
                (DeltaKind.Set, $"k{version:D2}", new string('v', version)),
                (DeltaKind.Set, "last", $"{version}"));
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task A11_TheBatchMayBeReusedWhileALateCommitStillWaitsForTheTier(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "key", "first");
        await fixture.SettleAsync(Residency.Evicted);
        using var hold = fixture.Tier.HoldReads();
        var batch = new WriteBatch().Set("key", "late").Remove("gone");
        var commit = fixture.Store.CommitAsync(batch, 5).AsTask();
        await hold.Reached.Guarded();
        batch.Clear().Set("other", "wrong").Set("more", "wrong");
        hold.Release();
        await commit.Guarded();
        await fixture.SettleAsync(Residency.Evicted);

        (await fixture.Store.HistoryAllAsync()).Should().Equal("gone=-@5", "key=first@10", "key=late@5");
    }

    [Fact]
    public async Task A11_ABatchCommittedFromManyThreadsAtOnceIsRightInEach()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        var batch = new WriteBatch().Set("b", "2").Set("a", "1").Set("a", "2");
        await Crowd.RunAsync([.. Enumerable.Range(1, 4).Select<int, Func<Task>>(thread => () => CommitAsync((ulong)thread))]);

        (await fixture.Store.HistoryAllAsync()).Should().HaveCount(800).And.OnlyContain(row => row.Contains("=2@", StringComparison.Ordinal));

        async Task CommitAsync(ulong thread)
        {
            for (ulong i = 0; i < 100; i++)
            {
                await fixture.Store.CommitAsync(batch, (i * 4) + thread);
            }
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A11_KeysBoundsAndTokensOfReadsMayBeReused(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "2").Set("c", "3"), 10).Guarded();
        await fixture.SettleAsync(residency);

        var start = Bytes.Of("a");
        var end = Bytes.Of("c");
        var range = KeyRange.Between(start, true, end, true);
        var rows = fixture.Store.ScanAsync(range, ReadScope.Latest);
        start[0] = (byte)'z';
        end[0] = (byte)'z';
        (await StoreTexts.ShowAllAsync(rows)).Should().Equal("a=1@10", "b=2@10", "c=3@10");

        var page = await fixture.Store.ScanPageAsync(range, ReadScope.Latest, 1).Guarded();
        var token = page.Next!.Value.Bytes.ToArray();
        var second = await fixture.Store.ScanPageAsync(range, ReadScope.Latest, 1, continuation: new PageToken(token)).Guarded();
        Array.Clear(token);
        second.Rows.Select(StoreTexts.ShowWithKey).Should().Equal("b=2@10");

        var keys = new ReadOnlyMemory<byte>[] { Bytes.Of("c"), Bytes.Of("a") };
        var found = await fixture.Store.GetManyAsync(keys, CommitVersion.Latest).Guarded();
        Array.Clear(keys);
        found.Select(StoreTexts.ShowWithKey).Should().Equal("a=1@10", "c=3@10");
    }

    [Fact]
    public async Task A11_TheKeyOfAReadMayBeReusedWhileTheReadStillWaits()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "2"), 10).Guarded();
        await fixture.SettleAsync(Residency.Evicted);
        using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        using var hold = fixture.Tier.HoldReads();
        var key = Bytes.Of("a");
        var get = fixture.Store.GetAsync(key, CommitVersion.Latest).AsTask();
        var contains = fixture.Store.ContainsAsync(key, CommitVersion.Latest).AsTask();
        var previous = fixture.Store.GetPreviousAsync(key, CommitVersion.Latest).AsTask();
        var snapshotGet = snapshot.GetAsync(key).AsTask();
        key[0] = (byte)'z';
        await hold.Reached.Guarded();
        hold.Release();

        StoreTexts.Show(await get.Guarded()).Should().Be("1@10");
        Bytes.Text((await get)!.Value.Key).Should().Be("a");
        (await contains.Guarded()).Should().BeTrue();
        StoreTexts.ShowWithKey((await previous.Guarded()).Row).Should().Be("a=1@10");
        StoreTexts.Show(await snapshotGet.Guarded()).Should().Be("1@10");
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A11_ARowStaysAsItWasWhateverTheStoreDoes(StoreStorage storage, Residency residency)
    {
        var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await using (fixture)
        {
            await fixture.Store.SetAsync(10, "a", "old");
            await fixture.SettleAsync(residency);
            var row = (await fixture.Store.GetAsync(Bytes.Of("a"), CommitVersion.Latest).Guarded())!.Value;
            await fixture.Store.SetAsync(20, "a", "new");
            await fixture.FlushIfPersistentAsync();
            fixture.Store.Evict(0);
            await fixture.Store.ReclaimAsync().Guarded();
            await fixture.Store.DisposeAsync().Guarded();

            StoreTexts.ShowWithKey(row).Should().Be("a=old@10");
        }
    }
}
