using System.Buffers;
using System.Globalization;
using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

/// <summary>The shortest and longest keys and values there may be, by every kind of read and in every tier; and very many tombstones.</summary>
public sealed class ExtremeSizeTests
{
    private const int LongestKey = 65_535;
    private const int LongestValue = 64 * 1024 * 1024;

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task B1_KeysOfEveryLength(StoreStorage storage)
    {
        int[] lengths = [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 255, 256, 1_000, 4_095, 4_096, 4_097, 32_768, 65_000, LongestKey];
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 4);
        var batch = new WriteBatch();
        foreach (var length in lengths)
        {
            batch.Set(Bytes.OfLength(length), Bytes.Of($"{length}"));
        }

        await fixture.Store.CommitAsync(batch, 1);
        await RequireAllAsync();
        if (storage != StoreStorage.None)
        {
            await fixture.SettleAsync(Residency.Evicted);
            await RequireAllAsync();
        }

        async Task RequireAllAsync()
        {
            foreach (var length in lengths)
            {
                var destination = new ArrayBufferWriter<byte>();
                (await fixture.Store.CopyAsync(Bytes.OfLength(length), CommitVersion.Latest, destination)).Should().Be((CommitVersion)1);
                Bytes.Text(destination.WrittenMemory).Should().Be($"{length}");
                RowTexts.TryGet(fixture.Store, Bytes.OfLength(length), CommitVersion.Latest)
                    .Should().BeOneOf(AnswerText.Of(await fixture.Store.GetAsync(Bytes.OfLength(length), CommitVersion.Latest)), RowTexts.NotInMemory);
            }

            foreach (var direction in Enum.GetValues<ScanDirection>())
            {
                var rows = await Portions.ToListAsync(fixture.Store.OpenScan(KeyRange.All, ReadScope.Latest, direction));
                rows.Select(row => row.Key.Length).Should().Equal(direction == ScanDirection.Forward ? lengths : Enumerable.Reverse(lengths));
            }

            (await Portions.ToListAsync(fixture.Store.OpenHistory(KeyRange.All, CommitVersion.Latest))).Should().HaveCount(lengths.Length);
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task B1_ValuesOfEveryLengthAroundWhereTheyAreKeptDifferently(StoreStorage storage)
    {
        int[] lengths = [0, 1, 15, 16, 255, 256, 257, 258, 1_000, 4_000, 8_192, 16_384, 32_767, 65_536, 262_144, 1_048_576, 1_048_577];
        await using var fixture = await StoreFixture.OpenAsync(storage);
        for (ulong version = 1; version <= 6; version++)
        {
            var batch = new WriteBatch();
            for (var i = 0; i < lengths.Length; i++)
            {
                batch.Set(Bytes.Of($"k{i:00}"), Bytes.OfLength(lengths[(i + (int)version) % lengths.Length], (byte)version));
            }

            await fixture.Store.CommitAsync(batch, version);
        }

        await RequireAllAsync();
        if (storage != StoreStorage.None)
        {
            await fixture.SettleAsync(Residency.Evicted);
            fixture.Store.GetStatistics().BufferedBytes.Should().Be(0);
            await RequireAllAsync();
        }

        async Task RequireAllAsync()
        {
            var rows = await Portions.ToListAsync(fixture.Store.OpenHistory(KeyRange.All, CommitVersion.Latest));
            rows.Should().HaveCount(lengths.Length * 6);
            foreach (var row in rows)
            {
                var key = int.Parse(Bytes.Text(row.Key).AsSpan(1), CultureInfo.InvariantCulture);
                row.Value.Length.Should().Be(lengths[(key + (int)row.Version.Value) % lengths.Length]);
                row.Value.Span.ContainsAnyExcept((byte)row.Version.Value).Should().BeFalse();
            }
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task B1_TheLongestValueGoesAllTheWay(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var store = fixture.Store;
        var value = Bytes.OfLength(LongestValue);
        value[^1] = 1;
        await store.CommitAsync(new WriteBatch().Set(Bytes.OfLength(LongestKey), value), 1).Guarded();
        value[^1] = 2;
        await store.CommitAsync(new WriteBatch().Set(Bytes.OfLength(LongestKey), value), 2).Guarded();

        LastByte(store).Should().Be(2);
        (await CountAsync()).Should().Be(1);
        await store.FlushAsync().Guarded();
        LastByte(store).Should().Be(2);
        store.Evict(0).Should().BeGreaterThan(2L * LongestValue);
        store.GetStatistics().BufferedBytes.Should().Be(0);
        store.CollectMemory();
        LastByte(store).Should().BeNull("it is on disk only");
        (await CountAsync()).Should().Be(1);
        (await store.GetAsync(Bytes.OfLength(LongestKey), 1))!.Value.Value.Span[^1].Should().Be(1);

        async Task<int> CountAsync()
        {
            var rows = await Portions.ToListAsync(store.OpenScan(KeyRange.All, ReadScope.Latest));
            rows.TrueForAll(row => row.Value.Length == LongestValue && row.Value.Span[^1] == 2 && row.Key.Length == LongestKey).Should().BeTrue();
            return rows.Count;
        }

        static int? LastByte(IMultiVersionStore store)
        {
            var answer = store.TryGet(Bytes.OfLength(LongestKey), CommitVersion.Latest, out var row);
            using (row)
            {
                return answer == MemoryAnswer.Present ? row.Value[^1] : null;
            }
        }
    }

    [Fact]
    public async Task B9_AMillionTombstonesArePassedPortionByPortionAndPageByPage()
    {
        const int Tombstones = 1_000_000;
        const int PerCommit = 100_000;
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        var store = fixture.Store;
        for (var first = 0; first < Tombstones; first += PerCommit)
        {
            var batch = new WriteBatch();
            for (var i = first; i < first + PerCommit; i++)
            {
                batch.Remove(Bytes.Of((ulong)i));
            }

            await store.CommitAsync(batch, (ulong)(1 + (first / PerCommit))).Guarded();
        }

        await store.CommitAsync(new WriteBatch().Set(Bytes.Of(Tombstones), []), 100).Guarded();

        foreach (var direction in Enum.GetValues<ScanDirection>())
        {
            var portions = 0;
            var rows = await Portions.ToListAsync(store.OpenScan(KeyRange.All, ReadScope.Latest, direction), _ =>
            {
                portions++;
                return Task.CompletedTask;
            });
            rows.Should().ContainSingle();
            portions.Should().BeGreaterThan(Tombstones / 1_000);
            (await Scans.PagesAsync(store, KeyRange.All, ReadScope.Latest, 100, direction)).Should().ContainSingle();
        }
    }
}
