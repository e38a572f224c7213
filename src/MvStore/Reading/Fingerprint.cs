namespace MvStore.Reading;

/// <summary>The 64-bit FNV-1a hash (Fowler, Noll, Vo): enough to notice accidents, not attacks.</summary>
internal static class Fingerprint
{
    private const ulong OffsetBasis = 14_695_981_039_346_656_037;
    private const ulong Prime = 1_099_511_628_211;

    /// <summary>The hash of some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="seed">The hash of what went before.</param>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = OffsetBasis)
    {
        foreach (var b in bytes)
        {
            seed = unchecked((seed ^ b) * Prime);
        }

        return seed;
    }
}
