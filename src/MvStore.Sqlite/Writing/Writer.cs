namespace MvStore.Sqlite.Writing;

/// <summary>The one connection that writes, with its statements and what it remembers of the file.</summary>
internal sealed class Writer : IDisposable
{
    private readonly Connection _connection;
    private readonly WriteTransaction _transaction;
    private readonly BatchWriter _batches;
    private readonly Reclaimer _reclaimer;
    private readonly StoredGarbage _garbage;
    private readonly Statement _readMeta;
    private readonly Statement _writeMeta;
    private readonly StoreMark _mark;
    private FloorSet _kinds; // the floors of kinds as stored; writing calls come one at a time

    private Writer(Connection connection, string path, SqliteTierOptions options, StoreMark mark)
    {
        _connection = connection;
        _mark = mark;
        mark.Require(MetaRow.Load(connection));
        State = StoredState.Load(connection);
        DurableSequence = State.DurableSequence;
        _kinds = State.Floors.Kinds;
        FreeSpace.EndWholesaleOfLastOwner(connection);
        _transaction = new WriteTransaction(connection, path, options.CheckpointBytes, figures: Checkpoints);
        _garbage = new StoredGarbage(options.FewRows);
        _batches = new BatchWriter(connection, _garbage);
        _reclaimer = new Reclaimer(connection);
        _readMeta = connection.Prepare(MetaRow.SelectSql);
        _writeMeta = connection.Prepare(MetaRow.UpdateSql);
    }

    /// <summary>What the write-ahead log holds and what its checkpoints did.</summary>
    public CheckpointFigures Checkpoints { get; } = new();

    /// <summary>What the file held when it was opened.</summary>
    public TierState State { get; private set; }

    /// <summary>The durable mark. Writing calls come one at a time, and so does asking for it.</summary>
    public ulong DurableSequence { get; private set; }

    /// <summary>Connects for writing.</summary>
    public static Writer Open(string path, SqliteTierOptions options, StoreMark mark)
    {
        var connection = Connection.Open(path, options.BusyTimeout);
        try
        {
            connection.Execute("PRAGMA synchronous = FULL");
            connection.Execute($"PRAGMA cache_size = -{options.WriteCacheBytes / 1024}");
            connection.Execute("PRAGMA wal_autocheckpoint = 0");
            if (options.MaxPages is { } pages)
            {
                connection.Execute($"PRAGMA max_page_count = {pages}");
            }

            if (connection.Query("PRAGMA journal_mode = WAL") != "wal")
            {
                throw new PersistentTierException(TierFailure.Fatal, $"SQLite cannot keep a write-ahead log beside the store '{path}'.");
            }

            return new Writer(connection, path, options, mark);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Takes an epoch, 0 for the next one, in a synced commit: what was read from the log is then durable, and so is what was done to the directory
    /// before. A killed owner may have left a log that only the page cache holds, and one whose sync failed a log that should be gone.
    /// </summary>
    /// <exception cref="PersistentTierException">The epoch is not above all earlier ones.</exception>
    public void Begin(ulong epoch) => Change("syncing the store", meta =>
    {
        var taken = epoch == 0 ? meta.Epoch + 1 : SignedColumn.Stored(epoch, "epoch");
        if (taken <= meta.Epoch)
        {
            throw new PersistentTierException(TierFailure.Fenced, $"The store was opened under epoch {meta.Epoch} before; {epoch} is not above it.");
        }

        State = State with { Epoch = (ulong)taken };
        return meta with { Epoch = taken };
    });

    public void Apply(TierBatch batch)
    {
        var raised = batch.Floors is { } floors ? _kinds.RaisedTo(floors.Kinds) : _kinds;
        try
        {
            Change("writing a batch", meta =>
            {
                var after = _batches.Write(batch, meta);
                if (batch.Floors is { } risen)
                {
                    SaveFloors(raised, risen.ByKey, batch.Settled);
                }

                return after;
            });
        }
        catch
        {
            _garbage.Forget();
            throw;
        }

        _kinds = raised;
    }

    public void RaiseFloor(FloorSet floors, IReadOnlyList<KeyFloor> settled)
    {
        var raised = _kinds.RaisedTo(floors.Kinds);
        if (ReferenceEquals(raised, _kinds) && settled.Count == 0)
        {
            return;
        }

        Change("raising the floor", meta =>
        {
            SaveFloors(raised, floors.ByKey, settled);
            return meta;
        });
        _kinds = raised;
    }

    public TierReclaimed Reclaim(TierReclaimStep step, CancellationToken cancellationToken)
    {
        if (step is { After: null, Keys: null } && !_garbage.IsWorthAWalk(step.Rule, step.GarbageShare))
        {
            return new TierReclaimed(null, 0, 0, 0) { IsPutOff = true };
        }

        var done = default(TierReclaimed);
        var reached = default(ReadOnlyMemory<byte>?);
        var givenBack = GivenBack.Nothing;
        var tally = _garbage.BeginStep(step);
        try
        {
            Change("reclaiming", meta =>
            {
                done = _reclaimer.Run(step, tally, cancellationToken);
                reached = done.Next;
                givenBack = done.Next is null ? FreeSpace.GiveBack(_connection) : GivenBack.Nothing;

                // Nothing is left to look at: the next step gives back more.
                done = givenBack == GivenBack.Part ? done with { Next = _reclaimer.LastKey ?? ReadOnlyMemory<byte>.Empty } : done;
                return givenBack != GivenBack.Nothing || done.ReclaimedVersions > 0 ? meta with { Entries = meta.Entries - done.ReclaimedVersions } : null;
            });
        }
        catch
        {
            _garbage.Forget();
            throw;
        }

        _garbage.EndStep(step, reached, done.ReclaimedVersions);
        if (givenBack == GivenBack.All)
        {
            Change("giving back space", meta =>
            {
                FreeSpace.EndWholesale(_connection);
                return meta;
            });
        }

        return done;
    }

    public void SetNote(string name, ReadOnlyMemory<byte> content) => Change("setting a note", meta =>
    {
        StoredNotes.Save(_connection, name, content.Span);
        return meta;
    });

    /// <summary>Begins to copy the store into an empty database. Each step, and the end, in a turn of its own between two writes.</summary>
    /// <param name="target">The database. Not used otherwise until the copy is disposed.</param>
    public LiveCopy CopyTo(Connection target) => new(_connection, _transaction, target);

    public void Dispose()
    {
        _readMeta.Dispose();
        _writeMeta.Dispose();
        _reclaimer.Dispose();
        _batches.Dispose();
        _transaction.Dispose();
        _connection.Dispose();
    }

    private void SaveFloors(FloorSet raised, KeyFloorSet ofKeys, IReadOnlyList<KeyFloor> settled)
    {
        if (!ReferenceEquals(raised, _kinds))
        {
            StoredState.SaveKinds(_connection, raised);
        }

        StoredState.SaveKeys(_connection, ofKeys, settled);
    }

    // Runs one change and moves what the file says of itself, in one transaction; null says that nothing was written. The mark beside the
    // file follows once that is synced, so it may lag and never leads.
    private void Change(string doing, Func<MetaRow, MetaRow?> change)
    {
        var durable = _transaction.Run(doing, () =>
        {
            var before = MetaRow.Read(_readMeta);
            if (change(before) is not { } changed)
            {
                return default(MetaRow?);
            }

            var after = changed with { Changes = before.Changes + 1 };
            after.Write(_writeMeta);
            return after;
        });
        if (durable is { } meta)
        {
            DurableSequence = (ulong)meta.Sequence;
            _mark.Write(meta);
        }
    }
}
