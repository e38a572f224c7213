using CsCheck;
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
