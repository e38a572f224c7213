namespace MvStore.Tests.Buffering;

/// <summary>The order of keys, written out byte by byte so as to share nothing with the code under test.</summary>
internal sealed class BytewiseComparer : IComparer<byte[]>
{
    public static BytewiseComparer Instance { get; } = new();

    public int Compare(byte[]? x, byte[]? y)
    {
        for (var i = 0; i < Math.Min(x!.Length, y!.Length); i++)
        {
            if (x[i] != y[i])
            {
                return x[i] < y[i] ? -1 : 1;
            }
        }

        return x.Length.CompareTo(y!.Length);
    }
}
