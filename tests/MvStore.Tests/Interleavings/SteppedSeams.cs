using MvStore.Contracts;

namespace MvStore.Tests.Interleavings;

/// <summary>The publication word, with a point before and after each load.</summary>
internal sealed class SteppedPublication(IPublicationSource inner, Stepper stepper) : IPublicationSource
{
    public Publication Current
    {
        get
        {
            stepper.Point("before publication");
            var current = inner.Current;
            stepper.Point("after publication");
            return current;
        }
    }
}

/// <summary>The floors, with a point before and after each load.</summary>
internal sealed class SteppedFloors(IFloorSource inner, Stepper stepper) : IFloorSource
{
    public PublishedFloors Current
    {
        get
        {
            stepper.Point("before floors");
            var current = inner.Current;
            stepper.Point("after floors");
            return current;
        }
    }
}

/// <summary>The pins, with a point around each use.</summary>
internal sealed class SteppedPins(IPinRegistry inner, Stepper stepper) : IPinRegistry
{
    public IReadOnlyList<OpenPin> Current
    {
        get
        {
            stepper.Point("before pins");
            var current = inner.Current;
            stepper.Point("after pins");
            return current;
        }
    }

    public void Add(OpenPin pin)
    {
        stepper.Point("before pin");
        inner.Add(pin);
        stepper.Point("after pin");
    }

    public void Remove(OpenPin pin)
    {
        stepper.Point("before unpin");
        inner.Remove(pin);
        stepper.Point("after unpin");
    }
}

/// <summary>The buffer as readers see it, with a point around each read.</summary>
internal sealed class SteppedBuffer(IBufferReader inner, Stepper stepper) : IBufferReader
{
    public BufferedRead Find(ReadOnlySpan<byte> key, TierView view)
    {
        stepper.Point("before memory");
        var found = inner.Find(key, view);
        stepper.Point("after memory");
        return found;
    }

    public IBufferCursor Seek(KeyRange range, ScanDirection direction)
    {
        stepper.Point("before seek");
        var cursor = inner.Seek(range, direction);
        stepper.Point("after seek");
        return new Cursor(cursor, stepper);
    }

    private sealed class Cursor(IBufferCursor inner, Stepper stepper) : IBufferCursor
    {
        public ReadOnlyMemory<byte> Key => inner.Key;

        public bool MoveNext()
        {
            stepper.Point("before next key");
            return inner.MoveNext();
        }

        public BufferedRead Read(TierView view)
        {
            stepper.Point("before chain");
            return inner.Read(view);
        }

        public bool ReadHistory(TierView view, int most, List<TierRow> into)
        {
            stepper.Point("before history");
            return inner.ReadHistory(view, most, into);
        }
    }
}

/// <summary>The buffer as committers see it, with a point around linking.</summary>
internal sealed class SteppedTarget(ICommitTarget inner, Stepper stepper) : ICommitTarget
{
    public bool FailsNext { get; set; }

    public void Link(PreparedCommit commit, bool fresh)
    {
        stepper.Point("before link");
        inner.Link(commit, fresh);
        stepper.Point("after link");
        if (FailsNext)
        {
            FailsNext = false;
            throw new InvalidOperationException("planned");
        }
    }

    public void Unlink(PreparedCommit commit)
    {
        stepper.Point("before unlink");
        inner.Unlink(commit);
        stepper.Point("after unlink");
    }
}

/// <summary>The buffer as the collector sees it, with a point around its run.</summary>
internal sealed class SteppedReclaimable(IReclaimable inner, Stepper stepper) : IReclaimable
{
    public TierReclaimed Reclaim(RetentionRule rule, CancellationToken cancellationToken)
    {
        stepper.Point("before memory is reclaimed");
        var done = inner.Reclaim(rule, cancellationToken);
        stepper.Point("after memory is reclaimed");
        return done;
    }
}

/// <summary>The tier, with a point around each call.</summary>
internal sealed class SteppedTier(IPersistentTier inner, Stepper stepper) : IPersistentTier
{
    public ValueTask<TierState> OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public async ValueTask ApplyAsync(TierBatch batch, CancellationToken cancellationToken)
    {
        stepper.Point("before apply");
        await inner.ApplyAsync(batch, cancellationToken);
        stepper.Point("after apply");
    }

    public async ValueTask<IReadOnlyList<TierRow>> GetAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
    {
        stepper.Point("before tier get");
        var rows = await inner.GetAsync(keys, view, cancellationToken);
        stepper.Point("after tier get");
        return rows;
    }

    public async ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken)
    {
        stepper.Point("before tier scan");
        var page = await inner.ScanAsync(scan, cancellationToken);
        stepper.Point("after tier scan");
        return page;
    }

    public async ValueTask RaiseFloorAsync(FloorSet floors, CancellationToken cancellationToken)
    {
        stepper.Point("before floor is stored");
        await inner.RaiseFloorAsync(floors, cancellationToken);
        stepper.Point("after floor is stored");
    }

    public async ValueTask<TierReclaimed> ReclaimAsync(TierReclaimStep request, CancellationToken cancellationToken)
    {
        stepper.Point("before tier is reclaimed");
        var step = await inner.ReclaimAsync(request, cancellationToken);
        stepper.Point("after tier is reclaimed");
        return step;
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>The durable mark, with a point before each load.</summary>
internal sealed class SteppedDurability(IDurability inner, Stepper stepper) : IDurability
{
    public ulong Sequence
    {
        get
        {
            stepper.Point("before mark");
            return inner.Sequence;
        }
    }

    public CommitVersion HighestVersion => inner.HighestVersion;

    // No point here: it is asked inside the sequencer's critical section, where nothing else can run.
    public CommitVersion Version => inner.Version;

    public ValueTask WaitAsync(ulong sequence, CommitVersion version, CancellationToken cancellationToken)
        => inner.WaitAsync(sequence, version, cancellationToken);
}
