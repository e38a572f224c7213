namespace MvStore.Committing;

/// <summary>
/// The recent commits, for those who follow them: a ring that is bounded in commits and bytes, and that nobody waits for. Each commit in it says from where on it follows without a gap (I50), so a reader who was
/// overtaken, or came too late, finds a gap and reads history instead. The sequencer puts commits in, inside its critical section; any number of readers take them from it without a lock. Nothing is kept while nobody follows.
/// </summary>
/// <param name="accounted">The last publication before the first that can come.</param>
internal sealed class ChangeTail(ulong accounted)
{
    private const int Places = 16_384;
    private const long MaxBytes = 8 << 20;
    private const int BytesPerCommit = 160;
    private const int BytesPerDelta = 64;

    // There from the first time on that somebody follows. Array and places are owned by the sequencer's critical section. Release store; readers acquire, and go by what the commit says of itself.
    private TailCommit?[] _places = [];

    // Both owned by the sequencer's critical section: the oldest commit that is kept, counted from the first that ever was put in, and the bytes of all that are.
    private long _oldest;
    private long _bytes;

    // Owner: the sequencer's critical section. Release store after the place; readers acquire.
    private long _count;

    // Owner: the sequencer's critical section: the last publication with entries, kept or not. Release store after the place; readers acquire.
    private ulong _accounted = accounted;

    // Owner: the sequencer's critical section. Release store; committers acquire, who may be late: a commit without copies is a gap.
    private int _followers;

    // There only while somebody waits. Anyone, by compare-and-swap or exchange (full fence).
    private TaskCompletionSource? _next;

    /// <summary>Whether commits are to bring copies of their deltas. Any thread.</summary>
    public bool IsFollowed => Volatile.Read(ref _followers) > 0;

    /// <summary>The last publication with entries. To be asked before <see cref="ReadAfter"/>. Any thread.</summary>
    public ulong Accounted => Volatile.Read(ref _accounted);

    /// <summary>Begins to follow. Inside the sequencer's critical section, so that what is published later is accounted for, and what is not can be seen.</summary>
    public void Follow()
    {
        if (_places.Length == 0)
        {
            Volatile.Write(ref _places, new TailCommit?[Places]);
        }

        Volatile.Write(ref _followers, _followers + 1);
    }

    /// <summary>Follows no more. Inside the sequencer's critical section.</summary>
    public void Leave()
    {
        Volatile.Write(ref _followers, _followers - 1);
        while (_followers == 0 && _oldest < _count)
        {
            TakeOldest();
        }
    }

    /// <summary>Takes over a published commit. Inside the sequencer's critical section, after readers can see it.</summary>
    public void Add(InFlightCommit commit)
    {
        if (commit.EntryCount == 0)
        {
            return;
        }

        var bytes = BytesPerCommit + commit.Bytes + ((long)commit.DeltaCount * BytesPerDelta);
        if (_followers > 0 && !commit.IsReplayed && commit.Deltas.Count == commit.DeltaCount && bytes <= MaxBytes)
        {
            Put(new TailCommit(commit.Sequence, commit.Version, commit.Deltas, _accounted, bytes, _count));
        }

        Volatile.Write(ref _accounted, commit.Sequence);
        if (_followers > 0)
        {
            Wake();
        }
    }

    /// <summary>Completes when something was published after this call, or <see cref="Wake"/> was called. Take it before looking. Any thread.</summary>
    public Task Next()
    {
        while (true)
        {
            if (Volatile.Read(ref _next) is { } awaited)
            {
                return awaited.Task;
            }

            var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Interlocked.CompareExchange(ref _next, next, null) is null)
            {
                return next.Task;
            }
        }
    }

    /// <summary>Lets everyone who waits look again. Any thread.</summary>
    public void Wake() => Interlocked.Exchange(ref _next, null)?.TrySetResult();

    /// <summary>The commits behind a publication, without a gap between it and them or among them; none if there is a gap, or nothing. Any thread.</summary>
    /// <param name="sequence">The publication.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<TailCommit> ReadAfter(ulong sequence, int most)
    {
        var count = Volatile.Read(ref _count);
        var places = Volatile.Read(ref _places);
        var first = FirstAfter(sequence, places, count);
        if (first == count)
        {
            return [];
        }

        // What is not there any more ends the walk, and what is missing before the first shows in what that one follows.
        var found = new List<TailCommit>((int)Math.Min(most, count - first));
        var reached = sequence;
        for (var number = first; number < count && found.Count < most; number++)
        {
            if (At(number, places) is not { } commit || commit.Previous > reached)
            {
                break;
            }

            found.Add(commit);
            reached = commit.Sequence;
        }

        return found;
    }

    // The number of the first that is behind a publication. Those that were let go are the oldest, so they count as before it; if more of them go meanwhile, the answer is too high at worst.
    private static long FirstAfter(ulong sequence, TailCommit?[] places, long count)
    {
        var low = Math.Max(0, count - places.Length);
        var high = count;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = At(middle, places) is { } commit && commit.Sequence > sequence ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private static TailCommit? At(long number, TailCommit?[] places)
        => Volatile.Read(ref places[number % places.Length]) is { } commit && commit.Number == number ? commit : null;

    private void Put(TailCommit commit)
    {
        while (_oldest < _count && (_count - _oldest == Places || _bytes + commit.Bytes > MaxBytes))
        {
            TakeOldest();
        }

        _bytes += commit.Bytes;
        Volatile.Write(ref _places[_count % Places], commit);
        Volatile.Write(ref _count, _count + 1);
    }

    private void TakeOldest()
    {
        ref var place = ref _places[_oldest++ % Places];
        _bytes -= place!.Bytes;
        Volatile.Write(ref place, null);
    }
}
