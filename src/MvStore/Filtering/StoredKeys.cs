using MvStore.Contracts;

namespace MvStore.Filtering;

/// <summary>
/// Knows which keys the persistent tier may hold, so that a read of an unknown key need not ask it (DESIGN.md 3, Unknown keys). The flusher adds the keys of
/// each slice before the durable mark moves (I30). What was in the tier before is added by a walk over its keys; until that is through, every key may be there (I31). The
/// walk begins only when reads have asked for keys that the tier does not have: who never does that pays nothing for it. When the filter is exhausted it
/// begins anew, which also forgets the keys that reclamation removed.
/// </summary>
internal sealed class StoredKeys : IStoredKeys, ISliceFollower, IReadMemory
{
    /// <summary>How many keys the tier must have been asked for in vain before its keys are walked.</summary>
    public const int AbsentBeforeWalk = 100;

    private const int KeysPerTurn = 1_024;

    private readonly long _maxBytes;

    // Guards who writes: the flusher and the walk, each for a moment.
    private readonly Lock _writing = new();

    // Owner: who holds _writing. Release store once it has every key the tier may hold; readers acquire. Null: every key may be there.
    private KeyFilter? _complete;

    // Owner: who holds _writing. Volatile store; who counts memory loads. What is being filled, also once it is complete; null when filtering was given up.
    private KeyFilter? _filling;

    // Owner: who holds _writing. Volatile store; readers load: an old value costs or saves a count. Whether absent keys are to be counted.
    private bool _isWaitingForWalk;

    // Owner: who holds _writing. Whether the filter had room to spare when it was complete.
    private bool _wasRoomy;

    // Interlocked by readers, while a walk is waited for.
    private int _absent;

    // Owner: who starts the walks, once. Release store; readers acquire.
    private Action? _askForWalk;

    /// <summary>Makes it.</summary>
    /// <param name="isTierEmpty">Whether the tier holds nothing: then there is nothing to walk over.</param>
    /// <param name="maxBytes">What the filter may take; for less than a block there is none.</param>
    public StoredKeys(bool isTierEmpty, long maxBytes)
    {
        _maxBytes = maxBytes;
        if (maxBytes < 2 * FilterSegment.BlockBytes)
        {
            return;
        }

        _filling = new KeyFilter(maxBytes);
        _complete = isTierEmpty ? _filling : null;
        _wasRoomy = isTierEmpty;
        _isWaitingForWalk = !isTierEmpty;
    }

    /// <inheritdoc/>
    public long HeldBytes => Volatile.Read(ref _filling)?.Bytes ?? 0;

    /// <summary>Whether a no can be had: every key the tier holds is known.</summary>
    public bool IsComplete => Volatile.Read(ref _complete) is not null;

    /// <summary>Says how to ask for a walk: never waits, and may be called more than once.</summary>
    public void UseWalks(Action askForWalk) => Volatile.Write(ref _askForWalk, askForWalk);

    /// <inheritdoc/>
    public bool MayHold(ulong hash) => Volatile.Read(ref _complete) is not { } filter || filter.MayHold(hash);

    /// <inheritdoc/>
    public void NoteAbsent()
    {
        if (Volatile.Read(ref _isWaitingForWalk) && Interlocked.Increment(ref _absent) >= AbsentBeforeWalk)
        {
            Volatile.Read(ref _askForWalk)?.Invoke();
        }
    }

    /// <inheritdoc/>
    public void Follow(TierBatch batch)
    {
        if (!TryAdd(batch.Rows))
        {
            // The slice is in the tier, and no other is on its way: who walks from here on meets everything that does not come through here (I32).
            BeginAgain();
        }
    }

    /// <summary>Begins a walk.</summary>
    /// <returns>What it is to fill, to be handed back; null when none is wanted.</returns>
    public KeyFilter? BeginWalk()
    {
        lock (_writing)
        {
            if (!_isWaitingForWalk)
            {
                return null;
            }

            Volatile.Write(ref _isWaitingForWalk, false);
            return _filling;
        }
    }

    /// <summary>Adds keys that the walk has met.</summary>
    /// <returns>Whether to go on: false when the keys are too many for the filter, or the walk was in vain.</returns>
    public bool AddWalked(KeyFilter filter, IReadOnlyList<TierRow> rows)
    {
        if (!TryAdd(rows, filter))
        {
            GiveUp(filter);
        }

        return ReferenceEquals(Volatile.Read(ref _filling), filter);
    }

    /// <summary>Ends a walk that has met every key: from here on a key that is not in the filter is not in the tier (I31).</summary>
    /// <returns>Whether that is so; false when the filter was given up meanwhile.</returns>
    public bool Complete(KeyFilter filter)
    {
        lock (_writing)
        {
            if (!ReferenceEquals(_filling, filter))
            {
                return false;
            }

            _wasRoomy = filter.Count <= filter.Capacity;
            Volatile.Write(ref _complete, filter);
            return true;
        }
    }

    /// <summary>Ends a walk that could not meet every key: every key may be in the tier, until the store is opened again.</summary>
    public void GiveUp(KeyFilter filter)
    {
        lock (_writing)
        {
            if (ReferenceEquals(_filling, filter))
            {
                Volatile.Write(ref _complete, null);
                Volatile.Write(ref _filling, null);
            }
        }
    }

    // False when the filter is exhausted.
    private bool TryAdd(IReadOnlyList<TierRow> rows, KeyFilter? only = null)
    {
        for (var next = 0; next < rows.Count; next += KeysPerTurn)
        {
            lock (_writing)
            {
                if (_filling is not { } filter || (only is not null && !ReferenceEquals(filter, only)))
                {
                    return true;
                }

                var end = Math.Min(rows.Count, next + KeysPerTurn);
                for (var i = next; i < end; i++)
                {
                    filter.Add(KeyHash.Of(rows[i].Key.Span));
                }

                if (filter.IsExhausted)
                {
                    return false;
                }
            }
        }

        return true;
    }

    // A filter that is exhausted before it was complete, or soon after, would be so again: then there is no filter.
    private void BeginAgain()
    {
        lock (_writing)
        {
            var isWorthWhile = _complete is not null && _wasRoomy;
            Volatile.Write(ref _complete, null);
            Volatile.Write(ref _filling, isWorthWhile ? new KeyFilter(_maxBytes) : null);
            Volatile.Write(ref _absent, 0);
            Volatile.Write(ref _isWaitingForWalk, isWorthWhile);
        }
    }
}
