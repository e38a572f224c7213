using CsCheck;
using MvStore.Flushing;

namespace MvStore.Tests.Flushing;

/// <summary>Heads of keys are sorted, with what belongs to them, however many there are and in whichever bytes they differ.</summary>
public sealed class HeadSortTests
{
    [Fact]
    public void F2_HeadsAreSortedAndTakeAlongWhatBelongsToThem()
    {
        var head = Gen.Select(Gen.Byte[0, 3].Array[8], Gen.Int[0, 255]).Select((few, mask) =>
        {
            // Bytes in which they differ, and bytes in which they do not.
            ulong number = 0;
            for (var i = 0; i < few.Length; i++)
            {
                number = (number << 8) | ((mask >> i & 1) != 0 ? few[i] : (byte)0xA0);
            }

            return number;
        });
        Gen.OneOf(head.Array[0, 600], Gen.ULong.Array[500, 3_000], head.Array[1_000, 2_000]).Sample(
            heads =>
            {
                var sorted = heads.ToArray();
                int[] items = [.. Enumerable.Range(0, heads.Length)];
                HeadSort.Sort(sorted, items);

                sorted.Should().Equal(heads.Order());
                items.Order().Should().Equal(Enumerable.Range(0, heads.Length));
                items.Select(i => heads[i]).Should().Equal(sorted);
            },
            iter: 60,
            seed: "0000KkRFLgZ3");
    }

    [Fact]
    public void F2_NeitherOneHeadOnlyNorNoneAtAllIsSpecial()
    {
        foreach (var count in (int[])[0, 1, 511, 512, 70_000])
        {
            var heads = new ulong[count];
            heads.AsSpan().Fill(ulong.MaxValue);
            int[] items = [.. Enumerable.Range(0, count)];
            HeadSort.Sort(heads, items);
            heads.Should().Equal(Enumerable.Repeat(ulong.MaxValue, count));
            items.Order().Should().Equal(Enumerable.Range(0, count));
        }
    }
}
