using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Versioning;

/// <summary>What a snapshot sees of a walk over all versions. Generic over structs, so that each engine's cursor is inlined.</summary>
internal static class VersionScan
{
    /// <summary>The rows of a request, in its direction.</summary>
    public static void Read<TCursor>(ref TCursor cursor, RangeRequest request, ref RowFold fold)
        where TCursor : struct, IVersionCursor
    {
        if (request.IsReverse)
        {
            Reverse(ref cursor, request.At, ref fold);
        }
        else
        {
            Forward(ref cursor, request.At, ref fold);
        }
    }

    /// <summary>All versions of the key the cursor begins at.</summary>
    public static long Walk<TCursor>(ref TCursor cursor, ReadOnlySpan<byte> key, out ulong versions)
        where TCursor : struct, IVersionCursor
    {
        var count = 0L;
        versions = 0;
        while (cursor.MoveNext() && cursor.Key.SequenceEqual(key))
        {
            count++;
            versions += ValueDigest.Of(cursor.Value).Version;
        }

        return count;
    }

    /// <summary>Newest first: the first version of a key at or below the snapshot is its row.</summary>
    private static void Forward<TCursor>(ref TCursor cursor, ulong at, ref RowFold fold)
        where TCursor : struct, IVersionCursor
    {
        Span<byte> last = stackalloc byte[KeySpace.KeyLength];
        var hasLast = false;
        while (cursor.MoveNext())
        {
            var key = cursor.Key;
            if (cursor.Version > at || (hasLast && key.SequenceEqual(last)))
            {
                continue;
            }

            key.CopyTo(last);
            hasLast = true;
            if (!fold.Add(key, cursor.Value))
            {
                return;
            }
        }
    }

    /// <summary>Oldest first: the last version of a key at or below the snapshot is its row, known when the key changes.</summary>
    private static void Reverse<TCursor>(ref TCursor cursor, ulong at, ref RowFold fold)
        where TCursor : struct, IVersionCursor
    {
        Span<byte> last = stackalloc byte[KeySpace.KeyLength];
        ValueDigest? candidate = null;
        while (cursor.MoveNext())
        {
            if (cursor.Version > at)
            {
                continue;
            }

            var key = cursor.Key;
            if (candidate is { } row && !key.SequenceEqual(last))
            {
                fold.Add(last, row);
            }

            key.CopyTo(last);
            candidate = ValueDigest.Of(cursor.Value);
        }

        if (candidate is { } final)
        {
            fold.Add(last, final);
        }
    }
}
