using CsCheck;
using MvStore.Conformance;
using MvStore.Contracts;
using MvStore.Flushing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Flushing;

/// <summary>The rows of a slice are copies, sorted by key bytes, then by version, whatever the keys have in common.</summary>
public sealed class SliceRowsTests
{
    [Fact]
    public void F2_RowsAreSortedCopies()
    {
        // Few different bytes, so that keys share beginnings, are each other's beginnings, and differ only in trailing zeros.
        var keys = Gen.Byte[0, 2].Array[0, 20];
        var prefix = Gen.OneOf(Gen.Const(Array.Empty<byte>()), Gen.Byte.Array[1, 30]);
        Gen.Select(prefix, keys.List[0, 60], Gen.Int[1, 5], Gen.Bool).Sample(
            (shared, tails, entriesPerCommit, large) =>
            {
                var expected = new List<(byte[] Key, ulong Version, ulong Sequence, byte[]? Value)>();
                for (var i = 0; i < tails.Count; i++)
                {
                    // Versions descend, so that the order is not that of arrival.
                    var commit = i / entriesPerCommit;
                    byte[]? value = (i % 4) switch { 0 => null, 1 => [], 2 when large => new byte[1_200_000], _ => [(byte)i] };
                    expected.Add(([.. shared, .. tails[i]], (ulong)(1_000 - i), (ulong)commit + 1, value));
                }

                SliceRows rows;
                using (var native = new NativeRows())
                {
                    rows = new SliceRows(CommitsOf(native, expected), expected.Count);
                }

                expected.Sort((x, y) =>
                {
                    var order = x.Key.AsSpan().SequenceCompareTo(y.Key);
                    return order != 0 ? order : x.Version.CompareTo(y.Version);
                });
                rows.Select(Show).Should().Equal(expected.Select(e => Show(new TierRow(e.Key, e.Version, e.Sequence, ValueOf(e.Value)))));
                rows.Count.Should().Be(expected.Count);
                rows.Dispose();
            },
            iter: 100,
            seed: "0000KkRFLgZ3");
    }

    [Theory]
    [InlineData("", 4)]
    [InlineData("all have this in common and this", 4)]
    [InlineData("all have this in common and this", 12)]
    public void F2_ManyRowsAreSortedWhateverTheirKeysHaveInCommon(string shared, int idLength)
    {
        // The first ones have more in common than all have.
        var random = new Random(17);
        var expected = new List<(byte[] Key, ulong Version, ulong Sequence, byte[]? Value)>();
        for (ulong i = 0; i < 3_000; i++)
        {
            var id = new byte[idLength];
            id[^1] = (byte)random.Next(256);
            id[^2] = i < 100 ? (byte)7 : (byte)random.Next(8);
            expected.Add(([.. Bytes.Of(shared), .. id], 10_000 - i, (i / 3) + 1, i % 11 == 0 ? null : new byte[i % 200]));
        }

        SliceRows rows;
        using (var native = new NativeRows())
        {
            rows = new SliceRows(CommitsOf(native, expected), expected.Count);
        }

        var distinct = expected.Select(e => Convert.ToHexString(e.Key)).Distinct().Count();
        rows.Superseded.Should().Be(expected.Count - distinct);
        rows.Select(Show).Should().Equal(expected
            .OrderBy(e => Convert.ToHexString(e.Key), StringComparer.Ordinal)
            .ThenBy(e => e.Version)
            .Select(e => Show(new TierRow(e.Key, e.Version, e.Sequence, ValueOf(e.Value)))));
        rows.Dispose();
    }

    [Fact]
    public void I36_WhatIsLeftOutIsWhatTheRuleLetsGoButNeverTheNewestOfAKey()
    {
        var entries = Gen.Select(Gen.Int[0, 3], Gen.Int[1, 30]).List[1, 80];
        var pins = Gen.Select(Gen.Int[1, 30], Gen.Int[1, 80]).List[0, 3];
        Gen.Select(entries, pins, Gen.Int[0, 30]).Sample(
            (keysAndVersions, seenBy, floor) =>
            {
                var distinct = keysAndVersions.Distinct().ToArray();
                var written = distinct.Select((e, i) => (Key: new[] { (byte)e.Item1 }, Version: (ulong)e.Item2, Sequence: (ulong)i + 1, (byte[]?)[])).ToArray();
                var rule = new RetentionRule(
                    new FloorSet((ulong)floor, []), seenBy.Select(p => new Pin((ulong)p.Item1, (ulong)p.Item2)), TestClassifier.Instance);
                using var native = new NativeRows();
                using var rows = new SliceRows(CommitsOf(native, written), written.Length);
                var kept = new List<(byte, ulong)>();
                foreach (var key in written.GroupBy(e => e.Key[0]).OrderBy(g => g.Key))
                {
                    var newestFirst = key.OrderByDescending(e => e.Version).Select(e => new VersionStamp(e.Version, e.Sequence)).ToArray();
                    var keep = new bool[newestFirst.Length];
                    rule.Decide([key.Key], newestFirst, keep);
                    keep[0].Should().BeTrue();
                    kept.AddRange(newestFirst.Where((_, i) => keep[i]).Select(e => (key.Key, e.Version.Value)).Reverse());
                }

                rows.Superseded.Should().Be(written.Length - written.Select(e => e.Key[0]).Distinct().Count());
                rows.LeaveOut(rule).Should().Be(written.Length - kept.Count);
                rows.Select(r => (r.Key.Span[0], r.Version.Value)).Should().Equal(kept);
            },
            iter: 500,
            seed: "0000KkRFLgZ3");
    }

    [Fact]
    public void RowsAreGoneOnceTheMemoryIsGivenBack()
    {
        using var native = new NativeRows();
        var rows = new SliceRows(CommitsOf(native, [(Bytes.Of("a"), 1, 1, Bytes.Of("x"))]), 1);
        rows.Dispose();
        rows.Dispose();

        rows.Should().BeEmpty();
        rows.Invoking(r => r[0]).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static List<PreparedCommit> CommitsOf(
        NativeRows native, IEnumerable<(byte[] Key, ulong Version, ulong Sequence, byte[]? Value)> entries)
        =>
        [
            .. entries.GroupBy(e => e.Sequence).Select(group => new PreparedCommit(1, [], 0, 0)
            {
                Bytes = 0,
                KeepsRows = true,
                Rows = [.. group.Select(e => native.Add(e.Key, e.Version, e.Sequence, e.Value))],
            }),
        ];

    private static ReadOnlyMemory<byte>? ValueOf(byte[]? value) => value is null ? default(ReadOnlyMemory<byte>?) : value;

    private static string Show(TierRow row)
        => $"{Convert.ToHexString(row.Key.Span)}@{row.Version}#{row.Sequence}="
            + (row.Value is not { } value ? "-" : value.Length > 100 ? $"{value.Length} bytes" : Convert.ToHexString(value.Span));
}
