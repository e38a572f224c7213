using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// Gives commits their place in the order of publications and publishes them in that order (DESIGN.md 3, Commit). Between begin and
/// finish a committer only links memory, so a publication is never held up by I/O or by a wait. The critical section is a few
/// dozen instructions; readers never enter it, they load one word.
/// </summary>
internal sealed class CommitSequencer : IPublicationSource, IAdmission
{
    private readonly object _gate = new();
    private readonly FailureLatch _failure;
    private readonly IPublicationSink? _queue;
    private readonly IPublicationSink? _feed;

    // All owned by _gate.
    private readonly Queue<InFlightCommit> _inFlight = new();
    private readonly List<CommitVersion> _announced = [];
    private readonly VisibilityTracker _visibility;
    private readonly PendingDrops _drops;
    private FloorSet _admission;
    private ulong _lastSequence;
    private TaskCompletionSource? _drained;

    // Owner: whoever holds _gate. Release store, acquire load.
    private Publication _current;

    /// <param name="recovered">Where publication starts.</param>
    /// <param name="failure">Stops commits once set.</param>
    /// <param name="queue">Takes commits over just before readers can see them: what is published is never missing from it.</param>
    /// <param name="feed">Takes commits over just after readers can see them: who is told of one finds it.</param>
    public CommitSequencer(TierState recovered, FailureLatch failure, IPublicationSink? queue, IPublicationSink? feed)
    {
        _failure = failure;
        _queue = queue;
        _feed = feed;
        _visibility = new VisibilityTracker(recovered.HighestVersion);
        _drops = new PendingDrops(recovered.Drops);
        _admission = recovered.Floors;
        _lastSequence = recovered.DurableSequence;
        _current = new Publication(recovered.DurableSequence, recovered.HighestVersion, recovered.HighestVersion, recovered.DurableSequence);
    }

    public Publication Current => Volatile.Read(ref _current);

    /// <summary>Begins a fresh commit, or refuses because its version is late.</summary>
    /// <returns>The commit in flight, or null when it is late and has to be announced.</returns>
    public InFlightCommit? TryBegin(PreparedCommit commit)
    {
        lock (_gate)
        {
            RequireAdmitted(commit);
            return IsLate(commit.Version) ? null : Begin(commit, isFresh: true);
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
            return Task.WhenAll(_inFlight.Where(c => c.Commit.Version == commit.Version).Select(c => c.WhenPublished()));
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
    public InFlightCommit BeginAnnounced(PreparedCommit commit)
    {
        lock (_gate)
        {
            RequireOpen();
            _announced.Remove(commit.Version);
            return Begin(commit, isFresh: false);
        }
    }

    /// <summary>Publishes a commit as soon as every earlier one is through (I1).</summary>
    /// <param name="commit">The commit; its entries are linked, or unlinked again when it is aborted.</param>
    /// <param name="aborted">Whether it is to be a no-op.</param>
    /// <returns>Completes when it is published: at once, unless an earlier committer is still linking.</returns>
    public Task Finish(InFlightCommit commit, bool aborted = false)
    {
        lock (_gate)
        {
            commit.IsDone = true;
            commit.IsAborted = aborted;
            PublishWhatIsDone();
            return Current.Sequence >= commit.Commit.Sequence ? Task.CompletedTask : commit.WhenPublished();
        }
    }

    /// <inheritdoc/>
    public AdmissionRaise Raise(Func<CommitVersion> cap, Func<CommitVersion, FloorSet> retention, int mostDrops)
    {
        lock (_gate)
        {
            var highest = Math.Min(cap().Value, _visibility.Visible.Value);
            foreach (var version in _inFlight.Select(c => c.Commit.Version).Concat(_announced))
            {
                highest = Math.Min(highest, version.Value - 1);
            }

            var drops = _drops.TakeUpTo(highest, mostDrops);
            _admission = _admission.RaisedTo(retention(highest), drops);
            return new AdmissionRaise(_admission, drops);
        }
    }

    /// <inheritdoc/>
    public void Simplify(FloorSet floors)
    {
        lock (_gate)
        {
            if (_admission.Generation == floors.Generation)
            {
                _admission = floors;
            }
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

    private void RequireOpen()
    {
        ObjectDisposedException.ThrowIf(_drained is not null, typeof(IMultiVersionStore));
        _failure.ThrowIfSet();
    }

    private void RequireAdmitted(PreparedCommit commit)
    {
        RequireOpen();
        if (commit.Version > _admission.Highest)
        {
            return;
        }

        if (_admission.ByKey.Highest >= commit.Version)
        {
            RequireAboveKeyFloors(commit);
        }

        foreach (var kind in commit.Kinds)
        {
            var floor = _admission.Of(kind);
            if (commit.Version <= floor)
            {
                throw new BelowFloorException(commit.Version, floor);
            }
        }
    }

    private void RequireAboveKeyFloors(PreparedCommit commit)
    {
        foreach (var delta in commit.Deltas)
        {
            var floor = _admission.ByKey.Of(delta.Key.Span);
            if (commit.Version <= floor)
            {
                throw new BelowFloorException(commit.Version, floor);
            }
        }
    }

    private bool IsLate(CommitVersion version)
        => version <= _visibility.Highest || _announced.Contains(version) || _inFlight.Any(c => c.Commit.Version == version);

    private InFlightCommit Begin(PreparedCommit commit, bool isFresh)
    {
        var inFlight = new InFlightCommit(commit, isFresh);
        _inFlight.Enqueue(inFlight);
        commit.Stamp(++_lastSequence);
        return inFlight;
    }

    private void PublishWhatIsDone()
    {
        var before = Current;
        var sequence = before.Sequence;
        var lastLate = before.LastLateSequence;
        var published = new List<InFlightCommit>();
        while (_inFlight.TryPeek(out var head) && head.IsDone)
        {
            published.Add(_inFlight.Dequeue());
            sequence = head.Commit.Sequence;
            if (head.IsAborted)
            {
                continue;
            }

            if (head.Commit.Version <= before.Visible)
            {
                lastLate = sequence;
            }

            _visibility.Publish(head.Commit.Version);
            _drops.Add(head.Commit);
            _queue?.Add(head.Commit);
        }

        if (published.Count == 0)
        {
            return;
        }

        _visibility.Advance(_inFlight.Count == 0 ? null : _inFlight.Min(c => c.Commit.Version));
        Volatile.Write(ref _current, new Publication(sequence, _visibility.Highest, _visibility.Visible, lastLate));
        foreach (var commit in published)
        {
            if (!commit.IsAborted)
            {
                _feed?.Add(commit.Commit);
            }

            commit.OnPublished();
        }

        CompleteDrainWhenIdle();
    }

    private void CompleteDrainWhenIdle()
    {
        if (_inFlight.Count == 0)
        {
            _drained?.TrySetResult();
        }
    }
}
