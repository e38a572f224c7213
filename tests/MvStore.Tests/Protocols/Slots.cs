using System.Text;

namespace MvStore.Tests.Protocols;

/// <summary>Sixteen numbers 0 to 15 in one word, compared by value: the only array a model's state needs.</summary>
internal readonly record struct Slots(ulong Bits)
{
    public int this[int index] => (int)(Bits >> (4 * index)) & 15;

    public Slots With(int index, int value)
        => new((Bits & ~(15UL << (4 * index))) | ((ulong)value << (4 * index)));

    public override string ToString()
    {
        var text = new StringBuilder();
        for (var bits = Bits; bits != 0; bits >>= 4)
        {
            text.Append("0123456789abcdef"[(int)bits & 15]);
        }

        return text.ToString();
    }
}
