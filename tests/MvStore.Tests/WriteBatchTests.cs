using CsCheck;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests;

/// <summary>Where a batch keeps what it was given: it copies, never moves, and uses its memory again.</summary>
public sealed class WriteBatchTests
{
    [Fact]
    public void A11_DeltasAreWhatWasAddedWhateverTheSizes()
    {
        var lengths = Gen.Frequency((8, Gen.Int[0, 40]), (2, Gen.Int[900, 1_100]), (1, Gen.Int[60_000, 70_000]));
        Gen.Select(Gen.Int[0, 3], lengths, lengths, Gen.Byte).List[0, 40].List[1, 4].Sample(
            fills =>
            {
                var batch = new WriteBatch();
                foreach (var fill in fills)
                {
                    batch.Clear();
                    var expected = new List<(DeltaKind, byte[], byte[])>();
                    foreach (var (kind, keyLength, valueLength, content) in fill)
                    {
                        var key = Bytes.OfLength(keyLength, content);
                        var value = (DeltaKind)kind is DeltaKind.Set or DeltaKind.Unset ? Bytes.OfLength(valueLength, (byte)~content) : [];
                        Add(batch, (DeltaKind)kind, key, value);
                        expected.Add(((DeltaKind)kind, key, value));
                    }

                    batch.Count.Should().Be(expected.Count);
                    batch.Deltas.Count.Should().Be(expected.Count);
                    batch.Deltas.Zip(expected).All(pair => IsSame(pair.First, pair.Second)).Should().BeTrue();
                }
            },
            iter: 200,
            seed: "0000KkRFLgZ3");
    }

    [Fact]
    public void A11_MemoryOfADeltaStaysWhereItIsWhileTheBatchGrows()
    {
        var batch = new WriteBatch().Set("key", "value");
        var delta = batch.Deltas[0];
        for (var i = 0; i < 10_000; i++)
        {
            batch.Set(Bytes.Of((ulong)i), Bytes.OfLength(30));
        }

        Bytes.Text(delta.Key).Should().Be("key");
        Bytes.Text(delta.Value).Should().Be("value");
        batch.Deltas[0].Should().Be(delta, "it is the very same memory");
    }

    [Fact]
    public void A11_ADeltaOfTheBatchItselfCanBeAddedAgain()
    {
        var batch = new WriteBatch().Set("key", "value");
        for (var i = 0; i < 1_000; i++)
        {
            batch.Set(batch.Deltas[i].Key.Span, batch.Deltas[i].Value.Span);
        }

        Bytes.Text(batch.Deltas[1_000].Key).Should().Be("key");
        Bytes.Text(batch.Deltas[1_000].Value).Should().Be("value");
    }

    [Fact]
    public void AClearedBatchIsFilledAgainWithoutAllocating()
    {
        var batch = new WriteBatch();
        var key = Bytes.OfLength(16);
        var value = Bytes.OfLength(100);
        Fill();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Fill();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Fill()
        {
            batch.Clear();
            for (var i = 0; i < 2_000; i++)
            {
                batch.Set(key, value);
            }
        }
    }

    [Fact]
    public void TheListOfDeltasFollowsTheBatch()
    {
        var batch = new WriteBatch(4);
        var deltas = batch.Deltas;
        deltas.Should().BeEmpty();
        batch.Set("a", "1");
        deltas.Should().ContainSingle();
        batch.Clear();
        deltas.Should().BeEmpty();
        deltas.Invoking(d => d[0]).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void ANegativeCapacityIsRefused()
        => FluentActions.Invoking(() => new WriteBatch(-1)).Should().Throw<ArgumentOutOfRangeException>();

    private static void Add(WriteBatch batch, DeltaKind kind, byte[] key, byte[] value)
        => _ = kind switch
        {
            DeltaKind.Set => batch.Set(key, value),
            DeltaKind.Unset => batch.Unset(key, value),
            DeltaKind.Remove => batch.Remove(key),
            _ => batch.Drop(key),
        };

    private static bool IsSame(Delta delta, (DeltaKind Kind, byte[] Key, byte[] Value) expected)
        => delta.Kind == expected.Kind && delta.Key.Span.SequenceEqual(expected.Key) && delta.Value.Span.SequenceEqual(expected.Value);
}
