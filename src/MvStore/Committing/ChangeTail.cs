using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// The recent commits, for those who follow them: what is kept of them, up to where everything is accounted for, and who waits for the next one. Each commit that is kept says from where on it follows without a gap (I50), so a reader
/// who was overtaken, or came too late, finds a gap and reads history instead. Nothing is kept while nobody follows.
/// </summary>
/// <param name="accounted">The last publication before the first that can come.</param>
/// <param name="memoryLimit">What the memory of the store is limited to.</param>
internal sealed class ChangeTail(ulong accounted, long memoryLimit = long.MaxValue) : IReadMemory
{
    // There while somebody follows. Owner: the sequencer's critical section. Release store; readers acquire.
    private ChangeRing? _ring;

    // Owner: the sequencer's critical section: the last publication with entries, kept or not. Release store after the place; readers acquire.
    private ulong _accounted = accounted;

    // Owner: the sequencer's critical section. Release store; anyone acquires.
    private int _followers;

    // There only while somebody waits. Anyone, by compare-and-swap or exchange (full fence); committers load it behind a full fence.
    private TaskCompletionSource? _next;

    /// <summary>Whether somebody follows. Any thread.</summary>
    public bool IsFollowed => Volatile.Read(ref _followers) > 0;

    /// <summary>The last publication with entries. To be asked before <see cref="ReadAfter"/>. Any thread.</summary>
    public ulong Accounted => Volatile.Read(ref _accounted);

    /// <inheritdoc/>
    public long HeldBytes => Volatile.Read(ref _ring)?.HeldBytes ?? 0;

    /// <summary>What to follow with: made outside of the critical section, for it is large. Any thread.</summary>
    public ChangeRing CreateRing() => new(memoryLimit);

    /// <summary>Begins to follow. Inside the sequencer's critical section, so that what is published later is accounted for, and what is not can be seen.</summary>
    /// <param name="ring">What to keep commits in if nobody follows yet; null for none.</param>
    /// <returns>Whether he follows: not if it takes a ring, and there is none.</returns>
    public bool TryFollow(ChangeRing? ring)
    {
        if (_ring is null && ring is null)
        {
            return false;
        }

        Volatile.Write(ref _ring, _ring ?? ring);
        Volatile.Write(ref _followers, _followers + 1);
        return true;
    }

    /// <summary>Follows no more. Inside the sequencer's critical section.</summary>
    public void Leave()
    {
        Volatile.Write(ref _followers, _followers - 1);
        if (_followers == 0)
        {
            Volatile.Write(ref _ring, null);
        }
    }

    /// <summary>Gives a commit that begins a part of the ring, if there is one. Inside the sequencer's critical section, in the order of publications.</summary>
    public void Begin(InFlightCommit commit)
    {
        if (_ring is { } ring && commit.EntryCount > 0 && !commit.IsReplayed && ring.Reserve(ChangeRing.LengthOf(commit)) is var start and >= 0)
        {
            commit.Ring = ring;
            commit.RingStart = start;
        }
    }

    /// <summary>Takes note of a commit that is through. Inside the sequencer's critical section, in the order of publications, after readers can see it.</summary>
    public void End(InFlightCommit commit)
    {
        var ring = commit.Ring;
        commit.Ring = null;
        if (commit.IsAborted)
        {
            ring?.Pass(commit, commit.RingStart);
            return;
        }

        if (commit.EntryCount == 0)
        {
            return;
        }

        // It may have begun while others followed: then nobody has that ring any more.
        if (ring is not null && ring == _ring)
        {
            ring.Add(commit, commit.RingStart, _accounted);
        }

        Volatile.Write(ref _accounted, commit.Sequence);
    }

    /// <summary>Wakes whoever waits, if somebody does. By whoever has published, outside of the critical section.</summary>
    public void Notify()
    {
        if (Volatile.Read(ref _followers) == 0)
        {
            return;
        }

        // Who waits was seen to wait, or sees what was accounted for: he takes his task before he looks.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _next) is not null)
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
    public IReadOnlyList<TailCommit> ReadAfter(ulong sequence, int most) => Volatile.Read(ref _ring)?.ReadAfter(sequence, most) ?? [];
}
