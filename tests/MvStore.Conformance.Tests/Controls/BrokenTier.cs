namespace MvStore.Conformance.Tests.Controls;

/// <summary>A tier that is right but for one fault.</summary>
internal sealed class BrokenTier(IPersistentTier inner, InMemoryTierStorage storage, TierFault fault, BrokenLocation location) : IPersistentTier
{
    private TierBatch? _last;
    private readonly HashSet<string> _notes = [];
    private TierPosition? _position;

    private static ValueTask<TierReclaimed> PutOff => new(new TierReclaimed(null, 0, 0, 0) { IsPutOff = true });

    // Whoever ignores its epoch writes and reads under that of the owner.
    private IPersistentTier Inner => fault == TierFault.IgnoresItsEpoch ? location.Newest : inner;

    public async ValueTask<TierState> OpenAsync(ulong epoch, CancellationToken cancellationToken)
    {
        if (fault == TierFault.LetsASecondOwnerIn)
        {
            storage.KillOwner();
        }

        var state = await inner.OpenAsync(fault == TierFault.TakesAnyEpoch ? 0 : epoch, cancellationToken);
        return fault switch
        {
            TierFault.LosesTheMark when state.DurableSequence > 0 => state with { DurableSequence = state.DurableSequence - 1 },
            TierFault.ForgetsItsIdentity => state with { Identity = state.Identity + state.Epoch },
            TierFault.ForgetsTheEpoch => state with { Epoch = 1 },
            TierFault.TakesAnyEpoch when epoch != 0 => state with { Epoch = epoch },
            TierFault.ForgetsFloors => state with { Floors = FloorSet.None },
            TierFault.ForgetsFloorsOfZero => state with
            {
                Floors = new FloorSet(state.Floors.Default, state.Floors.ByKind.Where(f => f.Value > CommitVersion.Zero), state.Floors.ByKey),
            },
            TierFault.ForgetsDrops => state with { Drops = [] },
            TierFault.ForgetsNotes => state with { Notes = new TierState(0, 0, FloorSet.None).Notes },
            TierFault.TellsRemovedNotes => state with { Notes = WithEmpty(state.Notes) },
            TierFault.PromisesTooMuch => state with { Capabilities = state.Capabilities with { MaxBatchRows = 100 } },
            _ => state,
        };
    }

    public async ValueTask<ulong> GetMarkAsync(CancellationToken cancellationToken)
    {
        var mark = await Inner.GetMarkAsync(cancellationToken);
        return fault == TierFault.MarkLags && mark > 0 ? mark - 1 : mark;
    }

    public async ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case TierFault.TakesASliceTwice when batch.Sequence == _last?.Sequence:
                return;

            case TierFault.IgnoresThePreviousMark:
                await Inner.ApplyAsync(batch with { PreviousSequence = storage.DurableSequence }, cancellationToken);
                break;

            case TierFault.AppliesInParts when batch.Rows.Count > 1:
                await Inner.ApplyAsync(batch with { Rows = [batch.Rows[0]] }, cancellationToken);
                await Inner.ApplyAsync(batch with { PreviousSequence = batch.Sequence, Rows = [.. batch.Rows.Skip(1)] }, cancellationToken);
                break;

            case TierFault.WritesAlthoughCancelled:
                await Inner.ApplyAsync(batch, CancellationToken.None);
                cancellationToken.ThrowIfCancellationRequested();
                break;

            case TierFault.TakesEmptyValuesForTombstones:
                await Inner.ApplyAsync(batch with { Rows = [.. batch.Rows.Select(r => r.Value is { IsEmpty: true } ? r with { Value = null } : r)] }, cancellationToken);
                break;

            case TierFault.IgnoresTheFloorsOfSlices:
                await Inner.ApplyAsync(batch with { Floors = null, Settled = [] }, cancellationToken);
                break;

            case TierFault.PromisesTooMuch when batch.Rows.Count >= 100:
                throw new PersistentTierException(TierFailure.Fatal, "These are too many rows.");

            default:
                await Inner.ApplyAsync(batch, cancellationToken);
                break;
        }

        _last = batch;
    }

    public async ValueTask<IReadOnlyList<TierRow>> GetAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierView view,
        CancellationToken cancellationToken)
    {
        var rows = await Inner.GetAsync(keys, Seen(view), fault == TierFault.AnswersAlthoughCancelled ? CancellationToken.None : cancellationToken);
        return fault == TierFault.HidesTombstones ? [.. rows.Where(r => !r.IsTombstone)] : rows;
    }

    public async ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken)
    {
        var asked = fault switch
        {
            TierFault.LosesWhereItWasInsideAKey when scan.After is { IsInsideKey: true } after => scan with { After = TierPosition.Behind(after.Key) },
            TierFault.RemembersWhereItWas when scan.After is not null => scan with { After = _position },
            TierFault.IgnoresTheBudgetOfBytes => scan with { MaxBytes = long.MaxValue },
            TierFault.IgnoresTheBudgetOfEntries => scan with { MaxExamined = int.MaxValue },
            _ => scan,
        };
        var page = await Inner.ScanAsync(asked with { View = Seen(scan.View) }, cancellationToken);
        _position = page.Next;
        return fault == TierFault.EndsAtAnEmptyPage && page.Rows.Count == 0 ? page with { Next = null } : page;
    }

    public ValueTask RaiseFloorAsync(FloorSet floors, IReadOnlyList<KeyFloor> settled, CancellationToken cancellationToken)
        => Inner.RaiseFloorAsync(floors, settled, cancellationToken);

    public ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken) => fault switch
    {
        TierFault.PutsOffWhatIsAskedFor => PutOff,
        TierFault.LeavesTooMuch when request.GarbageShare > 0 => PutOff,
        TierFault.ReclaimsWhatAPinSees => Inner.ReclaimAsync(request with { Rule = new RetentionRule(request.Rule.Floors, [], TestClassifier.Instance) }, cancellationToken),
        TierFault.KeepsDeletedKeys
            => Inner.ReclaimAsync(request with { Rule = new RetentionRule(request.Rule.Floors, request.Rule.Pins, TestClassifier.Instance) }, cancellationToken),
        _ => Inner.ReclaimAsync(request, cancellationToken),
    };

    public ValueTask SetNoteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => fault switch
    {
        TierFault.CutsLongNotes when content.Length > 60_000 => Inner.SetNoteAsync(name, content[..60_000], cancellationToken),
        TierFault.MixesUpNamesOfNotes => Inner.SetNoteAsync(name.ToUpperInvariant(), content, cancellationToken),
        TierFault.KeepsTheFirstNote when !_notes.Add(name) => ValueTask.CompletedTask,
        _ => Inner.SetNoteAsync(name, content, cancellationToken),
    };

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static Dictionary<string, ReadOnlyMemory<byte>> WithEmpty(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> notes)
        => notes.Append(KeyValuePair.Create("removed", ReadOnlyMemory<byte>.Empty)).ToDictionary(n => n.Key, n => n.Value);

    private TierView Seen(TierView view) => fault switch
    {
        TierFault.IgnoresTheSequenceOfTheView => view with { Sequence = ulong.MaxValue },
        TierFault.IgnoresTheVersionOfTheView => view with { At = CommitVersion.Latest },
        _ => view,
    };
}
