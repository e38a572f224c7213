using MvStore.Sqlite.Connections;

namespace MvStore.Sqlite.Tests.Writing;

/// <summary>Where entries go (L1), in slices large enough for statements of many rows.</summary>
public sealed class EntryWriterTests : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();
    private readonly SortedDictionary<string, SortedSet<ulong>> _versions = new(StringComparer.Ordinal);
    private SqliteTier _tier = null!;
    private ulong _sequence;

    public async Task InitializeAsync() => _tier = await _location.OpenAsync();

    public async Task DisposeAsync()
    {
        await _tier.DisposeAsync();
        await _location.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A5_F1_TheNewestEntryOfEachKeyIsApartWhateverTheOrderOfVersions(int seed)
    {
        var random = new Random(seed);
        for (var slice = 0; slice < 25; slice++)
        {
            // From hardly any known key to hardly any new one, and back; versions above, between and below those that are there.
            var keys = random.Next(3) == 0 ? 10_000 : 300;
            var rows = Enumerable.Range(0, random.Next(1, 400))
                .Select(_ => (Key: $"{random.Next(keys):D5}", Version: (ulong)random.Next(1, 60)))
                .Distinct()
                .Where(r => !_versions.TryGetValue(r.Key, out var known) || !known.Contains(r.Version))
                .ToArray();
            await ApplyAsync([.. rows.Select(r => random.Next(5) == 0 ? Rows.Gone(r.Key, r.Version, _sequence + 1) : Rows.Set(r.Key, r.Version, _sequence + 1, $"value {r}"))]);
        }

        await CheckAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task F1_RowsOutOfOrderArePlacedAllTheSame(bool descending)
    {
        var rows = Enumerable.Range(0, 200).Select(i => Rows.Set($"{i % 50:D3}", (ulong)(1 + (i / 50)), 1, "x")).ToArray();
        await ApplyAsync(descending ? [.. rows.Reverse()] : rows, inOrder: false);
        await CheckAsync();
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(70, 5)]
    [InlineData(0, 9)]
    [InlineData(70, 9)]
    [InlineData(70, 3)]
    public async Task A4_AVersionThatIsThereAlreadyIsRefusedAndNothingIsWritten(int others, int version)
    {
        // Key "k" has 9 in current, 5 and 3 in history.
        await ApplyAsync([Rows.Set("k", 3, 1, "x"), Rows.Set("k", 5, 1, "x"), Rows.Set("k", 9, 1, "x")]);
        TierRow[] rows = [.. Enumerable.Range(0, others).Select(i => Rows.Set($"{i:D3}", 20, 2, "y")), Rows.Set("k", (ulong)version, 2, "y"), Rows.Set("k", 20, 2, "y")];
        (await _tier.Awaiting(t => t.ApplyAsync(new TierBatch(1, 2, 20, rows), default).AsTask()).Should().ThrowAsync<PersistentTierException>())
            .Which.Failure.Should().Be(TierFailure.Fatal);
        await CheckAsync();
    }

    [Fact]
    public async Task A4_AVersionThatIsThereAlreadyIsRefusedAmongNewKeysAfterReopening()
    {
        await ApplyAsync([Rows.Set("k", 5, 1, "x")]);
        await _tier.DisposeAsync();
        _tier = await _location.OpenAsync();
        TierRow[] rows = [.. Enumerable.Range(0, 63).Select(i => Rows.Set($"{i:D3}", 20, 2, "y")), Rows.Set("k", 5, 2, "y")];
        (await _tier.Awaiting(t => t.ApplyAsync(new TierBatch(1, 2, 20, rows), default).AsTask()).Should().ThrowAsync<PersistentTierException>())
            .Which.Failure.Should().Be(TierFailure.Fatal);
        await CheckAsync();
    }

    [Fact]
    public async Task A4_TheSameEntryTwiceInASliceIsRefused()
    {
        var rows = Enumerable.Range(0, 100).Select(i => Rows.Set($"{i:D3}", 1, 1, "y")).ToList();
        rows.Insert(31, rows[30]);
        (await _tier.Awaiting(t => t.ApplyAsync(new TierBatch(0, 1, 1, rows), default).AsTask()).Should().ThrowAsync<PersistentTierException>())
            .Which.Failure.Should().Be(TierFailure.Fatal);
        await CheckAsync();
    }

    [Theory]
    [InlineData("UPDATE current SET version = 2 WHERE key = CAST('050' AS BLOB)")]
    [InlineData("UPDATE current SET value = x'00' WHERE key = CAST('050' AS BLOB)")]
    public async Task F3_NothingIsPlacedOnTheWordOfADamagedRow(string change)
    {
        TierRow[] SliceAt(ulong version) => [.. Enumerable.Range(0, 100).Select(i => Rows.Set($"{i:D3}", version, version, "y"))];
        await _tier.ApplyAsync(new TierBatch(0, 5, 5, SliceAt(5)), default);
        PlainSqlite.Run(_location.Path, change).Should().Be(1);
        (await _tier.Awaiting(t => t.ApplyAsync(new TierBatch(5, 6, 6, SliceAt(6)), default).AsTask()).Should().ThrowAsync<PersistentTierException>())
            .Which.Should().Match<PersistentTierException>(e => e.Failure == TierFailure.Damaged && e.Key.HasValue);
        PlainSqlite.Query(_location.Path, "SELECT count(*) FROM history").Should().Be("0");
    }

    private async Task ApplyAsync(TierRow[] rows, bool inOrder = true)
    {
        _sequence++;
        await _tier.ApplyAsync(new TierBatch(_sequence - 1, _sequence, 60, inOrder ? Rows.InOrder(rows) : rows), default);
        foreach (var row in rows)
        {
            var key = System.Text.Encoding.UTF8.GetString(row.Key.Span);
            _versions.TryAdd(key, []);
            _versions[key].Add(row.Version.Value);
        }
    }

    private async Task CheckAsync()
    {
        using var connection = Connection.Open(_location.Path, TimeSpan.Zero);
        Lines(connection, "SELECT key || '@' || version FROM current ORDER BY key").Should().Equal(_versions.Select(v => $"{v.Key}@{v.Value.Max}"));
        Lines(connection, "SELECT key || '@' || version FROM history ORDER BY key, version")
            .Should().Equal(_versions.SelectMany(v => v.Value.SkipLast(1).Select(version => $"{v.Key}@{version}")));
        (await _tier.VerifyAsync()).Should().BeEquivalentTo(new { IsSound = true, AreEntriesCounted = true });
    }

    private static List<string> Lines(Connection connection, string sql)
    {
        List<string> lines = [];
        using var rows = connection.Prepare(sql);
        while (rows.Step())
        {
            lines.Add(rows.Text(0));
        }

        return lines;
    }
}
