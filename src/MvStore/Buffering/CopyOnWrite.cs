namespace MvStore.Buffering;

/// <summary>Edits of arrays that leave the source as it is.</summary>
internal static class CopyOnWrite
{
    /// <summary>A copy in which <paramref name="removed"/> items from <paramref name="at"/> on have given way to others.</summary>
    public static T[] Splice<T>(T[] source, int at, int removed, ReadOnlySpan<T> inserted)
    {
        var result = new T[source.Length - removed + inserted.Length];
        Array.Copy(source, result, at);
        inserted.CopyTo(result.AsSpan(at));
        Array.Copy(source, at + removed, result, at + inserted.Length, source.Length - at - removed);
        return result;
    }

    /// <summary>The items of both arrays, one after the other.</summary>
    public static T[] Concat<T>(T[] left, T[] right) => Splice(left, left.Length, 0, right);
}
