using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// Gives commits their place in the order of publications and publishes them in that order (DESIGN.md 3, Commit). Between begin and
/// finish a committer only links memory, so a publication is never held up by I/O or by a wait. The critical section is a few
/// dozen instructions and allocates nothing but the publication; readers never enter it, they load one word.
/// </summary>
internal sealed class CommitSequencer : IPublicationSource, IAdmission
{
    // How often a committer looks whether an earlier one is through, before it makes a task of its wait. The later half of the looks give the processor
    // away, to the earlier one if it has none. 0, 20 and 60 could not be told apart with 4 and 8 threads on 4 processors that others used as well.
    private const int Looks = 20;

    // How often a commit is looked at outside of the critical section, for other watches each time, before it is looked at inside: a large batch would never begin beside watches that follow close on each other.
    private const int MostLooksOutside = 3;

    // Chosen by measurement: commits of next to no linking, 4 and 8 threads on 4 processors that others kept busy, medians of 25 runs. With 4 threads a
    // monitor, this lock and a spin lock that yields could not be told apart. With 8, where holders lose their processor, the monitor took 13 and 34 % more
    // processor time than this one; the spin lock made 2 % fewer and 13 % more commits, within the spread of either. This one puts to sleep who waits long.
    private readonly Lock _gate = new();
    private readonly FailureLatch _failure;
    private readonly IPublicationSink? _queue;
    private readonly IPublicationSink? _feed;
    private readonly IPublicationSink? _meter;
    private readonly IVisibilityListener? _times;
    private readonly IVisibilityListener? _publicationTimes;
    private readonly ChangeTracker? _changes;

    // All owned by _gate.
    private readonly InFlightList _inFlight = new();
    private readonly List<CommitVersion> _announced = [];
    private readonly VisibilityTracker _visibility;
    private readonly AdmissionFloors _admission;
    private ulong _lastSequence;
    private CommitVersion _highestBegun;
    private TaskCompletionSource? _drained;

    // Owner: whoever holds _gate. Release store, acquire load.
    private Publication _current;

    // Never changes itself. Owner: whoever holds _gate. Release store; committers acquire before they enter, and look inside whether it is the same still.
    private CommitWatches _watches = CommitWatches.None;

    /// <param name="recovered">Where publication starts.</param>
    /// <param name="failure">Stops commits once set.</param>
    /// <param name="queue">Takes commits over just before readers can see them: what is published is never missing from it.</param>
    /// <param name="feed">Takes commits over just after readers can see them: who is told of one finds it.</param>
    /// <param name="meter">Counts what is published, after the queue has it.</param>
    /// <param name="times">Is told when the visible version rose, after readers can see it.</param>
    /// <param name="publicationTimes">Is told the sequence of the last publication, after readers can see it.</param>
    /// <param name="changes">Takes note of what is published and of floors that rise, and keeps floors from what is claimed.</param>
    public CommitSequencer(
        TierState recovered,
        FailureLatch failure,
        IPublicationSink? queue,
        IPublicationSink? feed,
        IPublicationSink? meter = null,
        IVisibilityListener? times = null,
        IVisibilityListener? publicationTimes = null,
        ChangeTracker? changes = null)
    {
        _times = times;
        _publicationTimes = publicationTimes;
        _changes = changes;
        _failure = failure;
        _queue = queue;
        _feed = feed;
        _meter = meter;
        _visibility = new VisibilityTracker(recovered.HighestVersion);
        _admission = new AdmissionFloors(recovered);
        _lastSequence = recovered.DurableSequence;
        _highestBegun = recovered.HighestVersion;
        _current = new Publication(recovered.DurableSequence, recovered.HighestVersion, recovered.HighestVersion, recovered.DurableSequence);
    }

    public Publication Current => Volatile.Read(ref _current);

    /// <summary>Tells someone the visible version inside the critical section; he keeps to what <see cref="IVisibilityListener"/> demands.</summary>
    public void TellVisible(Action<CommitVersion> listener)
    {
        lock (_gate)
        {
            listener(_visibility.Visible);
        }
    }

    /// <summary>Does something inside the critical section. It must be quick, must not wait, and must not call back.</summary>
    public T Exclusively<T>(Func<T> step)
    {
        lock (_gate)
        {
            return step();
        }
    }

    /// <summary>Tells someone the sequence of the last publication inside the critical section; he keeps to what <see cref="IVisibilityListener"/> demands.</summary>
    public void TellPublished(Action<CommitVersion> listener)
    {
        lock (_gate)
        {
            listener(_current.Sequence);
        }
    }

    /// <summary>Begins a fresh commit, or refuses because its version is late.</summary>
    /// <returns>Whether it is in flight now; when it is not it is late, and has to be announced.</returns>
    /// <exception cref="CommitOvertakenException">It is made under a watch, and was overtaken.</exception>
    public bool TryBegin(InFlightCommit commit)
    {
        for (var looks = 1; ; looks++)
        {
            var watches = Volatile.Read(ref _watches);
            var touched = watches.Look(commit);
            lock (_gate)
            {
                if (!IsLookedAt(commit, watches, looks, ref touched))
                {
                    continue;
                }

                RequireAdmitted(commit);
                RequireNotOvertaken(commit);
                if (IsLate(commit.Version))
                {
                    return false;
                }

                Begin(commit, isFresh: true, touched);
                return true;
            }
        }
    }

    /// <summary>Announces a late commit, so that no other commit of its version can count as fresh and no floor passes it.</summary>
    /// <returns>Completes when no commit begun earlier is in flight at the same version.</returns>
    public Task Announce(PreparedCommit commit)
    {
        lock (_gate)
        {
            RequireAdmitted(commit);
            _announced.Add(commit.Version);
            List<Task>? earlier = null;
            for (var other = _inFlight.First; other is not null; other = other.Next)
            {
                if (other.Version == commit.Version)
                {
                    (earlier ??= []).Add(other.WhenPublished());
                }
            }

            return earlier is null ? Task.CompletedTask : Task.WhenAll(earlier);
        }
    }

    /// <summary>Takes back an announcement whose commit will not begin.</summary>
    public void Withdraw(PreparedCommit commit)
    {
        lock (_gate)
        {
            _announced.Remove(commit.Version);
        }
    }

    /// <summary>Begins an announced commit; the announcement ends.</summary>
    /// <exception cref="CommitOvertakenException">It is made under a watch, and was overtaken.</exception>
    public void BeginAnnounced(InFlightCommit commit)
    {
        for (var looks = 1; ; looks++)
        {
            var watches = Volatile.Read(ref _watches);
            var touched = watches.Look(commit);
            lock (_gate)
            {
                if (!IsLookedAt(commit, watches, looks, ref touched))
                {
                    continue;
                }

                RequireOpen();
                RequireNotOvertaken(commit);
                _announced.Remove(commit.Version);
                Begin(commit, isFresh: false, touched);
                return;
            }
        }
    }

    /// <summary>Sets a watch: from now on it takes note of every commit that begins (I60).</summary>
    /// <param name="watch">The watch.</param>
    /// <param name="replaced">The one that ends in the same moment; null for none.</param>
    /// <returns>Completes when every commit that began earlier is published: then a view that is captured has all that the watch has not noted.</returns>
    public Task Watch(CommitWatch watch, CommitWatch? replaced = null)
    {
        lock (_gate)
        {
            RequireOpen();
            Volatile.Write(ref _watches, _watches.With(watch, replaced));
            return _inFlight.Last?.WhenPublished() ?? Task.CompletedTask;
        }
    }

    /// <summary>Ends a watch. Again: without effect.</summary>
    public void EndWatch(CommitWatch watch)
    {
        lock (_gate)
        {
            Volatile.Write(ref _watches, _watches.Without(watch));
        }
    }

    /// <summary>Begins a commit again that was published before, while the store is being opened: nobody else commits, and no floor has risen.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="sequence">The place it had in the order of publications: above all that began.</param>
    public void BeginReplayed(InFlightCommit commit, ulong sequence)
    {
        lock (_gate)
        {
            RequireOpen();
            commit.IsReplayed = true;
            _lastSequence = sequence - 1;
            Begin(commit, isFresh: commit.Version > _highestBegun, touched: null);
        }
    }

    /// <summary>Publishes a commit as soon as every earlier one is through (I1).</summary>
    /// <param name="commit">The commit; its entries are linked, or unlinked again when it is aborted.</param>
    /// <param name="aborted">Whether it is to be a no-op.</param>
    /// <returns>Completes when it is published: at once, unless an earlier committer is still linking.</returns>
    public Task Finish(InFlightCommit commit, bool aborted = false)
    {
        Complete(commit, aborted);
        return IsSoonPublished(commit) ? Task.CompletedTask : WhenPublished(commit);
    }

    /// <summary>Does the same for a commit whose publication nobody waits for.</summary>
    /// <param name="commit">The commit; its entries are linked, or unlinked again when it is aborted.</param>
    /// <param name="aborted">Whether it is to be a no-op.</param>
    public void Complete(InFlightCommit commit, bool aborted = false)
    {
        InFlightCommit? awaited;
        lock (_gate)
        {
            commit.IsDone = true;
            commit.IsAborted = aborted;
            awaited = PublishWhatIsDone();
        }

        Wake(awaited);
        _changes?.Tail.Notify();
    }

    /// <inheritdoc/>
    public AdmissionRaise Raise(Func<CommitVersion> cap, Func<CommitVersion, FloorSet> retention, int mostDrops)
    {
        lock (_gate)
        {
            var highest = HighestFloor(cap(), isForeseen: false);
            return _admission.Raise(retention(highest), highest, mostDrops, _changes);
        }
    }

    /// <inheritdoc/>
    public FloorSet Foresee(Func<CommitVersion> cap, Func<CommitVersion, FloorSet> retention)
    {
        CommitVersion highest;
        FloorSet admission;
        IReadOnlyList<KeyFloor> drops;
        lock (_gate)
        {
            highest = HighestFloor(cap(), isForeseen: true);
            admission = _admission.Current;
            drops = _admission.DropsUpTo(highest);
        }

        return admission.RaisedTo(retention(highest), drops);
    }

    /// <inheritdoc/>
    public void Simplify(FloorSet floors)
    {
        lock (_gate)
        {
            _admission.Simplify(floors);
        }
    }

    /// <summary>
    /// Refuses to begin commits from now on, announced ones included: those may be waiting for the persistent tier, and closing must not.
    /// </summary>
    /// <returns>Completes when none is in flight any more.</returns>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            CompleteDrainWhenIdle();
            return _drained.Task;
        }
    }

    /// <summary>The highest version that a floor may have. Inside the critical section.</summary>
    private CommitVersion HighestFloor(CommitVersion cap, bool isForeseen)
    {
        var highest = Math.Min(cap.Value, _visibility.Visible.Value);
        highest = Math.Min(highest, _changes?.HighestFloor(isForeseen).Value ?? highest);
        if (_inFlight.LowestVersion is { } lowest)
        {
            highest = Math.Min(highest, lowest.Value - 1);
        }

        foreach (var version in _announced)
        {
            highest = Math.Min(highest, version.Value - 1);
        }

        return highest;
    }

    /// <summary>Whether what a commit touches was found out by the watches that are set now. If that went wrong too often it is found out here. Inside the critical section.</summary>
    private bool IsLookedAt(InFlightCommit commit, CommitWatches watches, int looks, ref ulong[]?[]? touched)
    {
        if (watches == _watches)
        {
            return true;
        }

        if (looks < MostLooksOutside)
        {
            return false;
        }

        touched = _watches.Look(commit);
        return true;
    }

    private void RequireOpen()
    {
        ObjectDisposedException.ThrowIf(_drained is not null, typeof(IMultiVersionStore));
        _failure.ThrowIfSet();
    }

    private static void RequireNotOvertaken(InFlightCommit commit)
    {
        if (commit.Watch is { IsOvertaken: true })
        {
            throw new CommitOvertakenException();
        }
    }

    private void RequireAdmitted(PreparedCommit commit)
    {
        RequireOpen();
        _admission.Require(commit);
    }

    // Versions mostly ascend: then neither list is looked at.
    private bool IsLate(CommitVersion version)
        => version <= _visibility.Highest
            || (version <= _highestBegun && _inFlight.Contains(version))
            || (_announced.Count > 0 && _announced.Contains(version));

    private void Begin(InFlightCommit commit, bool isFresh, ulong[]?[]? touched)
    {
        commit.IsFresh = isFresh;
        commit.Stamp(++_lastSequence);
        _highestBegun = commit.Version > _highestBegun ? commit.Version : _highestBegun;
        _inFlight.Add(commit);
        _changes?.Tail.Begin(commit);
        _watches.Note(touched);
    }

    /// <summary>Publishes from the front of the list up to the first commit that is not done.</summary>
    /// <returns>Those of them that somebody waits for, to be woken outside the critical section.</returns>
    private InFlightCommit? PublishWhatIsDone()
    {
        var published = _inFlight.First;
        if (published is not { IsDone: true })
        {
            return null;
        }

        var before = _current;
        var sequence = before.Sequence;
        var lastLate = before.LastLateSequence;
        var next = published;
        for (; next is { IsDone: true }; next = next.Next)
        {
            sequence = next.Sequence;
            if (next.IsAborted)
            {
                continue;
            }

            if (next.Version <= before.Visible)
            {
                lastLate = sequence;
            }

            _visibility.Publish(next.Version);
            _admission.NoteDrops(next);
            _queue?.Add(next);
            _meter?.Add(next);
        }

        _inFlight.RemoveBefore(next);
        _visibility.Advance(_inFlight.LowestVersion);
        Volatile.Write(ref _current, new Publication(sequence, _visibility.Highest, _visibility.Visible, lastLate));
        _times?.Advance(_visibility.Visible);
        _publicationTimes?.Advance(sequence);
        var awaited = Unlink(published, next);
        CompleteDrainWhenIdle();
        return awaited;
    }

    /// <summary>Tells the feed of published commits, and takes them apart, so that one that is kept does not keep all that came later.</summary>
    /// <param name="published">The first of them.</param>
    /// <param name="end">The first that is not published.</param>
    /// <returns>Those that somebody waits for.</returns>
    private InFlightCommit? Unlink(InFlightCommit published, InFlightCommit? end)
    {
        InFlightCommit? awaited = null;
        for (var commit = published; commit != end;)
        {
            _changes?.End(commit);
            if (commit is { IsAborted: false, IsReplayed: false })
            {
                _feed?.Add(commit);
            }

            commit.ForgetDeltas(); // I53
            var following = commit.Next!;
            commit.Next = commit.IsAwaited ? awaited : null;
            awaited = commit.IsAwaited ? commit : awaited;
            commit = following;
        }

        return awaited;
    }

    private static void Wake(InFlightCommit? awaited)
    {
        while (awaited is not null)
        {
            var next = awaited.Next;
            awaited.Next = null;
            awaited.OnPublished();
            awaited = next;
        }
    }

    // An earlier committer that is linking needs a few microseconds more; one that lost its processor, milliseconds.
    private bool IsSoonPublished(InFlightCommit commit)
    {
        var spin = default(SpinWait);
        while (Current.Sequence < commit.Sequence)
        {
            if (spin.Count == Looks)
            {
                return false;
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }

        return true;
    }

    private Task WhenPublished(InFlightCommit commit)
    {
        lock (_gate)
        {
            return _current.Sequence >= commit.Sequence ? Task.CompletedTask : commit.WhenPublished();
        }
    }

    private void CompleteDrainWhenIdle()
    {
        if (_inFlight.First is null)
        {
            _drained?.TrySetResult();
        }
    }
}
