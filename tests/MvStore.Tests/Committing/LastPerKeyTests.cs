using CsCheck;
using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

/// <summary>Contract A4 within one batch: of several deltas of a key the last wins, however many there are and whatever their hashes.</summary>
public sealed class LastPerKeyTests
{
    public enum Hashing
    {
        AsUsual,
        FewValues,
        AllTheSame,
    }

    [Theory]
    [InlineData(Hashing.AsUsual)]
    [InlineData(Hashing.FewValues)]
    [InlineData(Hashing.AllTheSame)]
    public void A4_TheLastOfEachKeyIsKept(Hashing hashing)
        => Gen.Select(Gen.Int[2, 2_000], Gen.Double[0.05, 2], Gen.ULong).Sample(
            (count, spread, seed) =>
            {
                var random = new Random(seed.GetHashCode());
                var keys = Math.Max(1, (int)(count * spread));
                var entries = new PreparedEntry[count];
                var last = new Dictionary<ulong, int>();
                for (var i = 0; i < count; i++)
                {
                    var key = (ulong)random.Next(keys);
                    last[key] = i;
                    entries[i] = Entry(key, i, hashing);
                }

                var kept = LastPerKey.MoveToFront(entries);

                kept.Should().Be(last.Count);
                for (var i = 0; i < kept; i++)
                {
                    var key = Bytes.Number(entries[i].Key.ToArray());
                    Bytes.Number(entries[i].Value.ToArray()).Should().Be((ulong)last[key]);
                    last.Remove(key);
                }

                last.Should().BeEmpty();
            },
            iter: hashing == Hashing.AllTheSame ? 30 : 100,
            seed: "0000KkRFLgZ3");

    [Fact]
    public void KeysOfDifferentLengthWithEqualHashesAreTold()
    {
        PreparedEntry[] entries =
        [
            new([0], 0, 1, 0, DeltaKind.Set, 7),
            new([0, 0], 0, 2, 0, DeltaKind.Set, 7),
            new([], 0, 0, 0, DeltaKind.Remove, 7),
            new([0], 0, 1, 0, DeltaKind.Drop, 7),
        ];

        LastPerKey.MoveToFront(entries).Should().Be(3);
        entries[0].IsDrop.Should().BeTrue();
        entries[1].Key.Length.Should().Be(2);
        entries[2].IsTombstone.Should().BeTrue();
    }

    private static PreparedEntry Entry(ulong key, int value, Hashing hashing)
    {
        var bytes = new byte[2 * sizeof(ulong)];
        Bytes.Of(key).CopyTo(bytes, 0);
        Bytes.Of((ulong)value).CopyTo(bytes, sizeof(ulong));
        var hash = hashing switch
        {
            Hashing.AsUsual => KeyHash.Of(bytes.AsSpan(0, sizeof(ulong))),
            Hashing.FewValues => key % 7,
            _ => 7UL,
        };
        return new PreparedEntry(bytes, 0, sizeof(ulong), sizeof(ulong), DeltaKind.Set, hash);
    }
}
