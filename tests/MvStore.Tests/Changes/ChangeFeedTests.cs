using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Changes;

public sealed class ChangeFeedTests
{
    private static readonly ChangeReadOptions WithOldValues = new() { IncludeOldValues = true };

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A2_EveryCommitIsToldWholeInPublicationOrderWhereverItIs(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var store = fixture.Store;
        await store.CommitAsync(new WriteBatch().Set("b", "1").Set("a", "1"), 10);
        await store.CommitAsync(new WriteBatch(), 20);
        await store.CommitAsync(new WriteBatch().Set("a", "x").Set("a", "2").Remove("c"), 30);
        await store.CommitAsync(new WriteBatch().Unset("a"u8, "2"u8), 50);
        await store.CommitAsync(new WriteBatch().Drop("b"u8), 55);
        await store.CommitAsync(new WriteBatch().Set("a", "late").Set("b", string.Empty), 40);
        await store.CommitAsync(new WriteBatch().Set("a", "6").Drop("c"u8), 60);
        await fixture.SettleAsync(residency);

        await using var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning, WithOldValues);
        (await stream.NextAsync(5)).Should().Equal("1@10 a=1 b=1", "3@30 a=2(1) c=-", "4@50 a=-(2)", "6@40 a=late(2) b=(1)", "7@60 a=6");

        // And on, live.
        await fixture.Store.CommitAsync(new WriteBatch(), 70);
        await fixture.Store.CommitAsync(new WriteBatch().Remove("a").Set("d", "1").Drop("b"u8), 80);
        await fixture.Store.CommitAsync(new WriteBatch().Drop("d"u8), 85);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "late").Set("d", "0"), 75);
        (await stream.NextAsync(2)).Should().Equal("9@80 a=-(6) d=1", "11@75 a=late(6) d=0");

        // The same from any place, once more.
        await using var again = new ChangeStream(fixture.Store, stream.Position with { Sequence = 4 }, new ChangeReadOptions { IncludeValues = false });
        (await again.NextAsync(4)).Select(c => c.Split(' ')[0]).Should().Equal("6@40", "7@60", "9@80", "11@75");
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A2_AStreamThatDoesNotFollowEndsWhereTheStoreEnds(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        (await ReadToEndAsync(fixture.Store, ChangePosition.Beginning)).Should().BeEmpty();
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.SetAsync(2, "a", "2");
        await fixture.Store.CommitAsync(new WriteBatch(), 3);
        await fixture.Store.CommitAsync(new WriteBatch().Drop("a"u8), 4);
        await fixture.SettleAsync(residency);
        var end = (await fixture.Store.GetChangeBoundsAsync().Guarded()).Newest;
        (await ReadToEndAsync(fixture.Store, ChangePosition.Beginning)).Should().Equal("1@1 a=1", "2@2 a=2");
        (await ReadToEndAsync(fixture.Store, end)).Should().BeEmpty();

        // What comes while it is read is not told, be it from the ring or from history; and one that follows has it in the ring.
        await using var live = new ChangeStream(fixture.Store, end);
        var next = live.NextAsync();
        var read = new List<string>();
        await foreach (var commit in fixture.Store.ReadChangesAsync(ChangePosition.Beginning, new ChangeReadOptions { Follow = false, CatchUpBytes = 1 }))
        {
            read.Add(ChangeStream.Show(commit));
            await fixture.Store.SetAsync(10 + commit.Version.Value, "b", "1");
        }

        read.Should().Equal("1@1 a=1", "2@2 a=2");
        (await next).Should().Be("5@11 b=1");
        (await ReadToEndAsync(fixture.Store, end)).Should().Equal("5@11 b=1", "6@12 b=1");
    }

    [Fact]
    public async Task D3_AStreamThatDoesNotFollowEndsAtWhatIsDurableIfNothingElseIsAskedFor()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        var durable = new ChangeReadOptions { Follow = false, DurableOnly = true };
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.FlushAsync().Guarded();
        using var hold = fixture.Tier.HoldApplies();
        await fixture.Store.SetAsync(2, "a", "2");
        (await ReadToEndAsync(fixture.Store, ChangePosition.Beginning, durable)).Should().Equal("1@1 a=1");
        (await ReadToEndAsync(fixture.Store, (await fixture.Store.GetChangeBoundsAsync().Guarded()).Newest, durable)).Should().BeEmpty();
        hold.Release();
    }

    [Fact]
    public async Task A2_KeysOnlyAreToldWhereValuesAreNotAskedFor()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(1, "a", "1");
        await using var commits = fixture.Store.ReadChangesAsync(ChangePosition.Beginning, new ChangeReadOptions { IncludeValues = false }).GetAsyncEnumerator();
        (await commits.MoveNextAsync().Guarded()).Should().BeTrue();
        commits.Current.Changes.Should().ContainSingle().Which.Should().Match<KeyChange>(c => c.Kind == KeyChangeKind.Set && c.Value == null && c.OldValue == null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(1 << 20)]
    public async Task A2_CatchingUpInSeveralPassesTellsTheSame(long bytes)
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        for (ulong version = 1; version <= 40; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("all", $"{version}").Set($"{version % 7}", $"{version}"), version);
            await fixture.SettleAsync(version % 10 == 0 ? Residency.Evicted : Residency.Buffered);
        }

        await using var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning, new ChangeReadOptions { CatchUpBytes = bytes });
        (await stream.ReadToAsync(40)).Should().Equal(Enumerable.Range(1, 40).Select(v => $"{v}@{v} {v % 7}={v} all={v}"));
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task A2_ASlowConsumerThatIsOvertakenMissesAndRepeatsNothing(StoreStorage storage)
    {
        const ulong Commits = 3_000;
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(1, "k1", "1");
        await using var slow = new ChangeStream(fixture.Store, ChangePosition.Beginning);
        (await slow.NextAsync()).Should().Be("1@1 k1=1");
        for (ulong version = 2; version <= Commits; version++)
        {
            await fixture.Store.SetAsync(version, $"k{version % 50}", Long(version));
            if (version == Commits / 2)
            {
                await fixture.FlushIfPersistentAsync();
                fixture.Store.Evict(0);
            }
        }

        (await slow.ReadToAsync(Commits)).Should().Equal(Enumerable.Range(2, (int)Commits - 1).Select(v => $"{v}@{v} k{v % 50}={Long((ulong)v)}"));
        await fixture.Store.SetAsync(Commits + 1, "end", "1");
        (await slow.NextAsync()).Should().Be($"{Commits + 1}@{Commits + 1} end=1");
    }

    // More of them than the ring of recent commits takes.
    private static string Long(ulong version) => $"{version}".PadRight(4_000);

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task A9_ManyConsumersBesideManyCommittersGetTheSameCommitsInTheSameOrder(StoreStorage storage)
    {
        const int Committers = 4;
        const int Each = 400;
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var store = fixture.Store;
        var committing = Enumerable.Range(0, Committers).Select(c => Task.Run(async () =>
        {
            var texts = new List<string>();
            for (var i = 0; i < Each; i++)
            {
                var version = (ulong)((i * Committers) + c + 1);
                var receipt = await store.CommitAsync(new WriteBatch().Set($"c{c}", $"{i}").Set($"k{version % 11}x{c}", $"{version}"), version);
                texts.Add($"{receipt.Sequence}@{version} c{c}={i} k{version % 11}x{c}={version}");
                if (i % 150 == 149)
                {
                    await fixture.FlushIfPersistentAsync();
                    store.Evict(0);
                }
            }

            return texts;
        })).ToArray();
        var consuming = Enumerable.Range(0, 3).Select(c => Task.Run(async () =>
        {
            await using var stream = new ChangeStream(store, ChangePosition.Beginning, new ChangeReadOptions { DurableOnly = c == 2 && storage != StoreStorage.None });
            return await stream.NextAsync(Committers * Each);
        })).ToArray();

        var committed = (await Task.WhenAll(committing).Guarded()).SelectMany(t => t).ToArray();
        var inOrder = committed.OrderBy(t => ulong.Parse(t.Split('@')[0], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        foreach (var consumed in await Task.WhenAll(consuming).Guarded())
        {
            consumed.Should().Equal(inOrder);
        }
    }

    [Fact]
    public async Task D7_WaitingEndsWithCancellationOrWithTheStore()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        using var cancellation = new CancellationTokenSource();
        await using (var canceled = new ChangeStream(fixture.Store, ChangePosition.Beginning, cancellationToken: cancellation.Token))
        {
            var waiting = canceled.NextAsync();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        await using var left = new ChangeStream(fixture.Store, ChangePosition.Beginning);
        var next = left.NextAsync();
        await fixture.Store.DisposeAsync().Guarded();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => next);
        Assert.Throws<ObjectDisposedException>(() => fixture.Store.ReadChangesAsync(ChangePosition.Beginning));
    }

    [Fact]
    public async Task A3_WrongArgumentsAreRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        Assert.Throws<ArgumentOutOfRangeException>(() => fixture.Store.ReadChangesAsync(ChangePosition.Beginning, new ChangeReadOptions { CatchUpBytes = 0 }));
        await using var durable = new ChangeStream(fixture.Store, ChangePosition.Beginning, new ChangeReadOptions { DurableOnly = true });
        await Assert.ThrowsAsync<DurabilityUnavailableException>(() => durable.NextAsync());
        await Assert.ThrowsAsync<DurabilityUnavailableException>(() => fixture.Store.HoldChangesAsync("feed", ChangePosition.Beginning, TimeSpan.FromHours(1)).Guarded());
        foreach (var name in (string[])["", new string('x', 65), "caf\u00e9", "a\n"])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => fixture.Store.HoldChangesAsync(name, ChangePosition.Beginning, TimeSpan.FromHours(1)).Guarded());
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => fixture.Store.HoldChangesAsync("x", ChangePosition.Beginning, TimeSpan.Zero).Guarded());
    }

    [Fact]
    public void A3_APositionIsReadFromItsTextAndFromNoOther()
    {
        foreach (var position in (ChangePosition[])[ChangePosition.Beginning, new(1, 2), new(ulong.MaxValue, ulong.MaxValue)])
        {
            ChangePosition.Parse(position.ToString()).Should().Be(position);
        }

        foreach (var text in (string?[])[null, "", "-", "1-", "-1", "1", "g-1", "1-1-1", "1--1", "1- 1", "11111111111111111-1", "1-18446744073709551616"])
        {
            ChangePosition.TryParse(text, out var none).Should().BeFalse(text);
            none.Should().Be(ChangePosition.Beginning);
        }

        Assert.Throws<FormatException>(() => ChangePosition.Parse("here"));
        Assert.Throws<ArgumentNullException>(() => ChangePosition.Parse(null!));
    }

    private static async Task<List<string>> ReadToEndAsync(IMultiVersionStore store, ChangePosition after, ChangeReadOptions? options = null)
    {
        var read = new List<string>();
        await foreach (var commit in store.ReadChangesAsync(after, options ?? new ChangeReadOptions { Follow = false }))
        {
            read.Add(ChangeStream.Show(commit));
        }

        return read;
    }
}
