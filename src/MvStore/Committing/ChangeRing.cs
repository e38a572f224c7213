using System.Buffers;
using System.Numerics;

namespace MvStore.Committing;

/// <summary>
/// A ring of bytes with the recent commits, and a ring of places that say where each lies (DESIGN.md 13, I68). A commit reserves its part when it begins, in the sequencer's critical section; its committer copies into it while
/// it links, beside others; published, it gets a place, in the critical section again. Publications have the order of reservations, so what is published is always a row of parts without holes but for commits that failed.
/// Nobody waits for a reader: who reserves lets go of the commits whose bytes it will overwrite, and a reader looks, after it has copied, whether it was let go meanwhile.
/// </summary>
/// <remarks>It allocates nothing for a commit, and a commit that is published is not kept by it.</remarks>
internal sealed class ChangeRing
{
    /// <summary>So many commits at most are read at once.</summary>
    public const int MostAtOnce = 64;

    /// <summary>The most bytes it may have.</summary>
    public const int MostBytes = 8 << 20;

    private const int LeastBytes = 4 << 10;
    private const int PartOfMemory = 16;
    private const int BytesPerPlace = 512;
    private const int Tries = 3;

    // So many bytes at once, or a single larger commit: what a reader holds at most.
    private const int MostReadAtOnce = 1 << 20;

    // Each by the committer that reserved the part, between begin and finish, after a barrier. Read by anyone, who looks afterwards whether it was overwritten.
    private readonly byte[] _bytes;

    // Owner: the sequencer's critical section. Stored after a barrier, before the count; read by anyone, who looks afterwards whether it was overwritten.
    private readonly ChangePlace[] _places;

    // Both owned by the sequencer's critical section: where the next part begins, and up to where parts are published or given up. Positions only grow.
    private long _end;
    private long _passed;

    // Owner: the sequencer's critical section: the first commit that is kept. Release store, and a barrier before anything of those before it is overwritten; readers acquire, behind a barrier after what they copied.
    private long _oldest;

    // Owner: the sequencer's critical section: how many got a place. Release store after the place; readers acquire.
    private long _count;

    /// <param name="memoryLimit">What the memory of the store is limited to: a small part of it is for the ring.</param>
    public ChangeRing(long memoryLimit)
    {
        var bytes = 1 << BitOperations.Log2((ulong)Math.Clamp(memoryLimit / PartOfMemory, LeastBytes, MostBytes));
        _bytes = GC.AllocateUninitializedArray<byte>(bytes);
        _places = new ChangePlace[bytes / BytesPerPlace];
    }

    /// <summary>Bytes of memory that it takes. Any thread.</summary>
    public long HeldBytes => _bytes.Length + ((long)_places.Length * ChangePlace.Size);

    /// <summary>The bytes that a commit takes in the ring.</summary>
    public static long LengthOf(InFlightCommit commit) => commit.Bytes + ((long)commit.EntryCount * ChangeCopies.HeaderBytes);

    /// <summary>Reserves a part for a commit that begins, and lets go of those that it will overwrite. Inside the sequencer's critical section.</summary>
    /// <returns>Where the part begins; negative if there is none: it is too long, or would reach into one that is not published yet.</returns>
    public long Reserve(long length)
    {
        var start = _end;
        if (start + length - _passed > _bytes.Length)
        {
            return -1;
        }

        _end = start + length;
        var oldest = _oldest;
        while (oldest < _count && _end - PlaceOf(oldest).Start > _bytes.Length)
        {
            oldest++;
        }

        if (oldest != _oldest)
        {
            Volatile.Write(ref _oldest, oldest);
        }

        return start;
    }

    /// <summary>Copies a commit into its part. By its committer, between begin and finish.</summary>
    /// <param name="commit">The commit, not released yet.</param>
    /// <param name="start">Where its part begins.</param>
    public void Fill(InFlightCommit commit, long start)
    {
        // What is overwritten was let go in the critical section, and is so for everyone who meets a byte of this (I68).
        Volatile.WriteBarrier();
        var entries = commit.Items[..commit.EntryCount];
        var length = (int)LengthOf(commit);
        var offset = OffsetOf(start);
        if (offset + length <= _bytes.Length)
        {
            ChangeCopies.Write(entries, _bytes.AsSpan(offset, length));
            return;
        }

        var copy = ArrayPool<byte>.Shared.Rent(length);
        ChangeCopies.Write(entries, copy);
        var untilEnd = _bytes.Length - offset;
        copy.AsSpan(0, untilEnd).CopyTo(_bytes.AsSpan(offset));
        copy.AsSpan(untilEnd, length - untilEnd).CopyTo(_bytes);
        ArrayPool<byte>.Shared.Return(copy);
    }

    /// <summary>Gives up the part of a commit that failed. Inside the sequencer's critical section, in its turn.</summary>
    public void Pass(InFlightCommit commit, long start) => _passed = start + LengthOf(commit);

    /// <summary>Gives a published commit its place. Inside the sequencer's critical section, in its turn.</summary>
    /// <param name="commit">The commit; its part is filled.</param>
    /// <param name="start">Where its part begins.</param>
    /// <param name="previous">Whoever has dealt with everything up to here misses nothing if he goes on with this commit.</param>
    public void Add(InFlightCommit commit, long start, ulong previous)
    {
        Pass(commit, start);
        if (_count - _oldest == _places.Length)
        {
            Volatile.Write(ref _oldest, _oldest + 1);
        }

        Volatile.WriteBarrier();
        PlaceOf(_count) = new ChangePlace(start, (int)LengthOf(commit), commit.EntryCount, commit.Sequence, commit.Version, previous);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>The commits behind a publication, without a gap between it and them or among them; none if there is a gap, or nothing. Any thread.</summary>
    /// <param name="sequence">The publication.</param>
    /// <param name="most">How many at most; never more than <see cref="MostAtOnce"/>, nor much more bytes than a reader should hold.</param>
    public IReadOnlyList<TailCommit> ReadAfter(ulong sequence, int most)
    {
        // Again if what it copied was let go meanwhile: then either the search was misled by a place that was used anew, or the reader is being overtaken, which the next look finds.
        for (var tries = 0; tries < Tries; tries++)
        {
            if (TryReadAfter(sequence, Math.Min(most, MostAtOnce)) is { } found)
            {
                return found;
            }
        }

        return [];
    }

    private TailCommit[]? TryReadAfter(ulong sequence, int most)
    {
        // In this order: the oldest is never above the count, and by the time of a later look it may be above what the count was.
        var oldest = Volatile.Read(ref _oldest);
        var count = Volatile.Read(ref _count);
        var first = FirstAfter(sequence, oldest, count);
        Span<ChangePlace> found = stackalloc ChangePlace[(int)Math.Min(most, count - first)];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = PlaceOf(first + i);
        }

        if (WasLetGo(first))
        {
            return null;
        }

        found = found[..CountBehind(sequence, found)];
        if (found.IsEmpty)
        {
            return [];
        }

        var copies = new byte[found.Length][];
        for (var i = 0; i < found.Length; i++)
        {
            copies[i] = ChangeCopies.Rent(found[i].Length);
            Copy(found[i], copies[i]);
        }

        var isLost = WasLetGo(first);
        var commits = isLost ? null : new TailCommit[found.Length];
        for (var i = 0; i < found.Length; i++)
        {
            if (commits is not null)
            {
                commits[i] = new TailCommit(found[i].Sequence, found[i].Version, ChangeCopies.Read(copies[i], found[i].Length, found[i].Entries));
            }

            ChangeCopies.Return(copies[i], found[i].Length);
        }

        return commits;
    }

    // Those that were let go are the oldest, so they count as before it. A place that is used anew while it is looked at leads to one that was let go, at or before it.
    private long FirstAfter(ulong sequence, long oldest, long count)
    {
        var low = oldest;
        var high = count;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = Volatile.Read(ref PlaceOf(middle).Sequence) > sequence ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    // What is missing before a commit shows in what it follows.
    private static int CountBehind(ulong sequence, ReadOnlySpan<ChangePlace> places)
    {
        var reached = sequence;
        long bytes = 0;
        var behind = 0;
        while (behind < places.Length && places[behind].Previous <= reached && (behind == 0 || bytes + places[behind].Length <= MostReadAtOnce))
        {
            reached = places[behind].Sequence;
            bytes += places[behind].Length;
            behind++;
        }

        return behind;
    }

    // To be asked after something was copied: whether it may have been overwritten by then.
    private bool WasLetGo(long number)
    {
        Volatile.ReadBarrier();
        return Volatile.Read(ref _oldest) > number;
    }

    private void Copy(in ChangePlace place, byte[] into)
    {
        var offset = OffsetOf(place.Start);
        var untilEnd = Math.Min(place.Length, _bytes.Length - offset);
        _bytes.AsSpan(offset, untilEnd).CopyTo(into);
        _bytes.AsSpan(0, place.Length - untilEnd).CopyTo(into.AsSpan(untilEnd));
    }

    private int OffsetOf(long position) => (int)(position & (_bytes.Length - 1));

    private ref ChangePlace PlaceOf(long number) => ref _places[number & (_places.Length - 1)];
}
