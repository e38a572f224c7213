using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MvStore.Workloads.Data;

namespace MvStore.Comparisons.Faster;

/// <summary>A value as a value type.</summary>
[InlineArray(ValueDigest.ValueLength)]
internal struct FixedValue
{
    private byte _first;

    public static FixedValue Of(ReadOnlySpan<byte> value)
    {
        Unsafe.SkipInit(out FixedValue copy);
        value.CopyTo(copy);
        return copy;
    }

    public ReadOnlySpan<byte> AsSpan()
        => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<FixedValue, byte>(ref this), ValueDigest.ValueLength);
}
