namespace MvStore.Remote;

/// <summary>
/// A persistent tier that is a client of a <see cref="RemoteServer"/>: it never answers synchronously, fails transiently, is in doubt when an answer is lost and can resolve that, takes
/// slices of limited size only, walks upwards only, and is fenced off by whoever opens the same server later. Safe from any thread.
/// </summary>
/// <param name="network">The way to the server.</param>
public sealed class RemoteTier(RemoteNetwork network) : IPersistentTier
{
    private readonly RemoteReader _reader = new(network);
    private readonly RemoteReclamation _reclamation = new(network);
    private ulong _epoch;            // set when it is open; release store, readers acquire
    private ulong _notes;            // interlocked: how many were set under this epoch
    private volatile bool _disposed;

    /// <inheritdoc/>
    public async ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Volatile.Read(ref _epoch) != 0)
        {
            throw new InvalidOperationException("The tier is open already.");
        }

        // Asked for by number, so that an attempt that was given up and arrives late takes nothing from the one that came after it. In one request with the
        // state: behind it, whatever an earlier owner sent has been done or never will be.
        var asked = epoch != 0 ? epoch : (await network.SendAsync(new RemoteRequest(0), cancellationToken).ConfigureAwait(false)).Epoch + 1;
        var reply = await network.SendAsync(RemoteState.Open(asked), cancellationToken).ConfigureAwait(false);
        if (reply.Status == RemoteStatus.Fenced && epoch == 0)
        {
            throw new PersistentTierException(TierFailure.Transient, $"Someone else was faster to open under epoch {asked}.");
        }

        Checked(reply);
        Volatile.Write(ref _epoch, reply.Epoch);
        return RemoteState.Of(reply, network.Server.Capabilities);
    }

    /// <inheritdoc/>
    public async ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken)
    {
        var mark = new RemoteRange(RowCodec.Mark, RowCodec.Highest, 1);
        var reply = Checked(await network.SendAsync(new RemoteRequest(Epoch()) { Reads = [mark] }, cancellationToken).ConfigureAwait(false));
        return reply.Rows[0] is [var row] ? RowCodec.Number(row.Value) : 0;
    }

    /// <inheritdoc/>
    public async ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var request = new RemoteRequest(Epoch())
        {
            ExpectedMark = batch.PreviousSequence,
            Additions = [.. batch.Rows.Select(r => new RemoteRow(RowCodec.Row(RowCodec.EntryTable, r.Key.Span, r.Version.Value), RowCodec.Content(r)))],
            Puts =
            [
                .. batch.Rows.Select(r => new RemoteRow(RowCodec.DirectoryRow(r.Key.Span), [])),
                .. batch.Drops.Select(d => new RemoteRow(RowCodec.Row(RowCodec.DropTable, d.Key.Span, d.Version.Value), [])),
            ],
            Raises = [(RowCodec.Mark, batch.Sequence), (RowCodec.Highest, batch.HighestVersion.Value)],
        };
        Checked(await network.SendAsync(request, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TierRow>> GetAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierView view,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return _reader.GetAsync(Epoch(), keys, view, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scan.MaxRows, 1, nameof(scan));
        ArgumentOutOfRangeException.ThrowIfLessThan(scan.MaxExamined, 1, nameof(scan));
        ArgumentOutOfRangeException.ThrowIfLessThan(scan.MaxBytes, 1, nameof(scan));
        return scan.Direction == ScanDirection.Forward
            ? _reader.ScanForwardAsync(Epoch(), scan, cancellationToken)
            : _reader.ScanReverseAsync(Epoch(), scan, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(floors);
        ArgumentNullException.ThrowIfNull(settled);
        Checked(await network.SendAsync(RemoteState.Raise(Epoch(), floors, settled), cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.MaxVersions, 1, nameof(request));
        return _reclamation.StepAsync(Epoch(), request, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        TierNote.Check(name, content);

        // Numbered, so that one that arrives late does not undo the one that was set after it.
        var note = RowCodec.Note(name, Epoch(), Interlocked.Increment(ref _notes), content.Span);
        Checked(await network.SendAsync(new RemoteRequest(Epoch()) { Replacements = [note] }, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return ValueTask.CompletedTask;
    }

    internal static RemoteReply Checked(RemoteReply reply) => reply.Status switch
    {
        RemoteStatus.Done => reply,
        RemoteStatus.Fenced => throw new PersistentTierException(TierFailure.Fenced, $"The server is owned under epoch {reply.Epoch}."),
        RemoteStatus.OtherMark => throw new PersistentTierException(TierFailure.Fatal, "The write does not continue the server's mark."),
        RemoteStatus.Exists => throw new PersistentTierException(TierFailure.Fatal, "There is an entry at this version of the key already."),
        _ => throw new PersistentTierException(TierFailure.Fatal, "The request is over a limit of the server."),
    };

    private ulong Epoch()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var epoch = Volatile.Read(ref _epoch);
        return epoch != 0 ? epoch : throw new InvalidOperationException("The tier is not open; open it first.");
    }
}
