using MvStore.Buffering;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>How a view steps over entries that are newer than itself: contract B9.</summary>
public sealed unsafe class VersionBlockTests : IDisposable
{
    private readonly NativeHeap _heap = new(isChecked: true);

    [Theory]
    [InlineData(VersionBlock.LeastGrouped - 1)]
    [InlineData(VersionBlock.LeastGrouped)]
    [InlineData(5 * VersionBlock.GroupSize)]
    [InlineData((5 * VersionBlock.GroupSize) + 3)]
    public void AViewFindsTheNewestEntryItSeesInWhateverOrderTheyWerePublished(int capacity)
    {
        var sequences = Enumerable.Range(1, capacity).Select(i => (ulong)i).ToArray();
        new Random(capacity).Shuffle(sequences);
        var block = NewBlock(capacity);
        for (var count = 0; count < capacity; count++)
        {
            VersionBlock.Append(block, NewEntry((ulong)count + 1, sequences[count]));
        }

        RequireAllViews(block, sequences);
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(300, 0)]
    [InlineData(300, 1)]
    [InlineData(300, VersionBlock.GroupSize - 1)]
    [InlineData(300, VersionBlock.GroupSize)]
    [InlineData(300, 200)]
    [InlineData(300, 300)]
    public void ABlockThatTakesOverAnotherKnowsItsGroupsAnew(int count, int place)
    {
        var shuffled = Enumerable.Range(1, count).Select(i => (ulong)i).ToArray();
        new Random(place).Shuffle(shuffled);
        var sequences = shuffled.ToList();
        var old = NewBlock(count);
        for (var i = 0; i < count; i++)
        {
            VersionBlock.Append(old, NewEntry(2 * ((ulong)i + 1), sequences[i]));
        }

        var grown = NewBlock(count + 70);
        VersionBlock.AppendFrom(grown, old, 0, place);
        VersionBlock.Append(grown, NewEntry((2 * (ulong)place) + 1, (ulong)count + 1));
        VersionBlock.AppendFrom(grown, old, place, count - place);
        sequences.Insert(place, (ulong)count + 1);
        RequireAllViews(grown, sequences);

        // And from the middle of another.
        var part = NewBlock(count + 70);
        VersionBlock.AppendFrom(part, grown, 1, count);
        RequireAllViews(part, sequences[1..]);
    }

    [Fact]
    public void B9_AMillionHiddenEntriesAreNotLookedAtOneByOne()
    {
        const int Hidden = 1_000_000;
        var block = NewBlock(Hidden + 2);
        var hidden = NewEntry(2, sequence: 10);
        VersionBlock.Append(block, NewEntry(1, sequence: 1));
        for (var i = 0; i < Hidden; i++)
        {
            VersionBlock.Append(block, hidden);
        }

        VersionBlock.Append(block, NewEntry(3, sequence: 10));

        // From now on whoever looks at one takes it for visible. Only the group of the visible entry may be looked at.
        hidden->Sequence = 1;
        VersionBlock.FindVisible(block, Hidden + 2, sequence: 5).Should().Be(VersionBlock.GroupSize - 1);
    }

    [Fact]
    public void B9_AnEntryThatWasHiddenFromAllCostsALookAndIsNotFound()
    {
        var block = NewBlock(2 * VersionBlock.LeastGrouped);
        for (ulong version = 1; version <= VersionBlock.LeastGrouped; version++)
        {
            VersionBlock.Append(block, NewEntry(version, sequence: version));
        }

        VersionBlock.EntryAt(block, VersionBlock.GroupSize)->Sequence = NativeEntry.HiddenSequence;
        VersionBlock.FindVisible(block, VersionBlock.GroupSize + 1, ulong.MaxValue - 1).Should().Be(VersionBlock.GroupSize - 1);
    }

    public void Dispose() => _heap.Dispose();

    private static void RequireAllViews(VersionBlock* block, IReadOnlyList<ulong> sequences)
    {
        VersionBlock.CountOf(block).Should().Be(sequences.Count);
        for (var count = 0; count <= sequences.Count; count++)
        {
            for (ulong sequence = 0; sequence <= (ulong)sequences.Count + 1; sequence += 1 + (sequence / 20))
            {
                var expected = count - 1;
                while (expected >= 0 && sequences[expected] > sequence)
                {
                    expected--;
                }

                if (VersionBlock.FindVisible(block, count, sequence) is var found && found != expected)
                {
                    Assert.Fail($"Of the first {count}, the view at {sequence} sees {found} instead of {expected}.");
                }
            }
        }
    }

    private VersionBlock* NewBlock(int capacity)
    {
        using var lease = _heap.Lease();
        var block = (VersionBlock*)lease.Allocate(VersionBlock.SizeOf(capacity));
        VersionBlock.Initialize(block, capacity);
        return block;
    }

    private NativeEntry* NewEntry(ulong version, ulong sequence)
    {
        using var lease = _heap.Lease();
        var entry = (NativeEntry*)lease.Allocate(NativeEntry.SizeOf(1));
        NativeEntry.Write(entry, version, sequence, isTombstone: false, isFinal: true, [1]);
        return entry;
    }
}
