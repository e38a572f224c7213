using System.Buffers.Binary;
using MvStore.Contracts;
using MvStore.Filtering;

namespace MvStore.Tests.Filtering;

/// <summary>Which keys a read has to ask the persistent tier for (I30 to I33).</summary>
public sealed class StoredKeysTests
{
    private const long Roomy = 1 << 20;
    private const long Narrow = 1_024;
    private const int TooManyForNarrow = 4_000;

    private int _walksAskedFor;

    [Fact]
    public void OfAnEmptyTierEveryKeyIsKnown()
    {
        var keys = Make(isTierEmpty: true, Roomy);

        keys.IsComplete.Should().BeTrue();
        keys.MayHold(HashOf(1)).Should().BeFalse();
        keys.Follow(Slice(1, 2));
        keys.MayHold(HashOf(1)).Should().BeTrue();
        keys.MayHold(HashOf(2)).Should().BeTrue();
        keys.HeldBytes.Should().BePositive();
    }

    [Fact]
    public void I30_EveryKeyOfALargeSliceIsKnown()
    {
        ulong[] many = [.. Enumerable.Range(0, 5_000).Select(i => (ulong)i)];
        var keys = Make(isTierEmpty: true, Roomy);
        keys.Follow(Slice(many));

        keys.IsComplete.Should().BeTrue();
        many.Should().OnlyContain(key => keys.MayHold(HashOf(key)));
        Enumerable.Range(10_000, 1_000).Count(key => keys.MayHold(HashOf((ulong)key))).Should().BeLessThan(100);
    }

    [Fact]
    public void EveryKeyMayBeThereUntilTheWalkIsThrough()
    {
        var keys = Make(isTierEmpty: false, Roomy);
        keys.Follow(Slice(1));
        keys.MayHold(HashOf(3)).Should().BeTrue();

        var filter = keys.BeginWalk()!;
        keys.AddWalked(filter, Rows(2)).Should().BeTrue();
        keys.Follow(Slice(4));
        keys.MayHold(HashOf(3)).Should().BeTrue();
        keys.Complete(filter).Should().BeTrue();

        keys.MayHold(HashOf(3)).Should().BeFalse();
        ((ulong[])[1, 2, 4]).Should().OnlyContain(key => keys.MayHold(HashOf(key)));
    }

    [Fact]
    public void AWalkIsAskedForAfterAHundredReadsInVain()
    {
        var keys = Make(isTierEmpty: false, Roomy);
        for (var i = 1; i < StoredKeys.AbsentBeforeWalk; i++)
        {
            keys.NoteAbsent();
        }

        _walksAskedFor.Should().Be(0);
        keys.NoteAbsent();
        _walksAskedFor.Should().Be(1);

        keys.BeginWalk().Should().NotBeNull();
        keys.NoteAbsent();
        _walksAskedFor.Should().Be(1, "it is under way");
        keys.BeginWalk().Should().BeNull();
    }

    [Fact]
    public void NoWalkIsAskedForWhenEveryKeyIsKnown()
    {
        var keys = Make(isTierEmpty: true, Roomy);
        NoteAbsent(keys);

        _walksAskedFor.Should().Be(0);
        keys.BeginWalk().Should().BeNull();
    }

    [Fact]
    public void AnExhaustedFilterSaysNoOfNothing()
    {
        var keys = Make(isTierEmpty: true, Narrow);
        var many = Enumerable.Range(0, TooManyForNarrow).Select(i => (ulong)i);
        keys.Follow(Slice([.. many]));

        keys.IsComplete.Should().BeFalse();
        Enumerable.Range(0, TooManyForNarrow * 2).Should().OnlyContain(i => keys.MayHold(HashOf((ulong)i)));
    }

    [Fact]
    public void AfterItBeganAnewItForgetsWhatIsNotInTheTierAnyMore()
    {
        var keys = Make(isTierEmpty: true, Narrow);
        for (var key = 0UL; keys.IsComplete; key++)
        {
            keys.Follow(Slice(key));
        }

        keys.HeldBytes.Should().Be(0);
        NoteAbsent(keys);
        _walksAskedFor.Should().BePositive();

        var filter = keys.BeginWalk()!;
        keys.AddWalked(filter, Rows(1, 2, 3)).Should().BeTrue();
        keys.Complete(filter).Should().BeTrue();
        ((ulong[])[1, 2, 3]).Should().OnlyContain(key => keys.MayHold(HashOf(key)));
        Enumerable.Range(100, 100).Count(key => keys.MayHold(HashOf((ulong)key))).Should().BeLessThan(10);
    }

    [Fact]
    public void AFilterThatWasTooSmallFromTheBeginningIsGivenUp()
    {
        var keys = Make(isTierEmpty: false, Narrow);
        var filter = keys.BeginWalk()!;
        keys.AddWalked(filter, Rows([.. Enumerable.Range(0, TooManyForNarrow).Select(i => (ulong)i)])).Should().BeFalse();

        keys.Complete(filter).Should().BeFalse();
        keys.HeldBytes.Should().Be(0);
        keys.MayHold(HashOf(9_999)).Should().BeTrue();
        NoteAbsent(keys);
        _walksAskedFor.Should().Be(0);
    }

    [Fact]
    public void AWalkThatFailedLeavesEveryKeyPossible()
    {
        var keys = Make(isTierEmpty: false, Roomy);
        var filter = keys.BeginWalk()!;
        keys.AddWalked(filter, Rows(1)).Should().BeTrue();
        keys.GiveUp(filter);

        keys.Complete(filter).Should().BeFalse();
        keys.Follow(Slice(2));
        keys.MayHold(HashOf(3)).Should().BeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void WithoutRoomThereIsNoFilter(long limit)
    {
        var keys = Make(isTierEmpty: true, limit);
        keys.Follow(Slice(1));

        keys.MayHold(HashOf(2)).Should().BeTrue();
        keys.HeldBytes.Should().Be(0);
        keys.BeginWalk().Should().BeNull();
    }

    private static void NoteAbsent(StoredKeys keys)
    {
        for (var i = 0; i < StoredKeys.AbsentBeforeWalk; i++)
        {
            keys.NoteAbsent();
        }
    }

    private static TierBatch Slice(params ReadOnlySpan<ulong> keys) => new(0, 1, 1, Rows(keys));

    private static TierRow[] Rows(params ReadOnlySpan<ulong> keys)
    {
        var rows = new TierRow[keys.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new TierRow(KeyOf(keys[i]), 1, 1, ReadOnlyMemory<byte>.Empty);
        }

        return rows;
    }

    private static byte[] KeyOf(ulong key)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, key);
        return bytes;
    }

    private static ulong HashOf(ulong key) => KeyHash.Of(KeyOf(key));

    private StoredKeys Make(bool isTierEmpty, long limit)
    {
        var keys = new StoredKeys(isTierEmpty, limit);
        keys.UseWalks(() => _walksAskedFor++);
        return keys;
    }
}
