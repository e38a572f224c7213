namespace MvStore.Sqlite.Connections;

/// <summary>
/// The connections that read, opened when needed up to a limit, each used by one call at a time. Taking an idle one and giving it back is one
/// interlocked operation on a place that other processors rarely touch; only who finds none takes a lock, and waits in line. No wake-up is lost: who
/// gives back puts the reader in its place and then looks for waiters, who waits gets in line and then looks at the places, each with a
/// full fence between. Reads pass no other gate: the pool closes by taking every reader, the last ones when their calls give them back.
/// </summary>
internal sealed class ReaderPool(string path, SqliteTierOptions options)
{
    private const int Distance = 16; // of two places, so that they share no cache line

    private readonly Reader?[] _idle = new Reader?[options.MaxReadConnections * Distance]; // any thread, interlocked; every sixteenth
    private readonly Lock _lock = new();
    private readonly Queue<Turn> _line = new(); // under _lock
    private bool _closed; // under _lock; never reset
    private int _opened;  // under _lock: connections open or being opened
    private int _waiting; // length of the line; written under _lock, read after a full fence

    /// <summary>Takes an idle reader, or null. Give it back.</summary>
    public Reader? TryRent() => TryTake();

    /// <summary>Takes a reader; completes synchronously unless all are in use. Give it back.</summary>
    public ValueTask<Reader> RentAsync(CancellationToken cancellationToken)
        => TryTake() is { } reader ? new ValueTask<Reader>(reader) : OpenOrWaitAsync(cancellationToken);

    /// <summary>Opens another reader, or waits in line.</summary>
    /// <param name="turn">A new one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>A reader, to be given back; or null, see <see cref="Turn"/>.</returns>
    public async ValueTask<Reader?> OpenOrWaitAsync(Turn turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryJoinLine(turn))
        {
            return Open();
        }

        using (cancellationToken.UnsafeRegister(static (t, token) => ((Turn)t!).TrySetCanceled(token), turn))
        {
            return await TakeTurnAsync(turn).ConfigureAwait(false);
        }
    }

    public void Return(Reader reader)
    {
        for (var given = reader; ; given = TryTake())
        {
            if (given is null || (Volatile.Read(ref _waiting) > 0 && Serve(given)))
            {
                return;
            }

            // Each call holds one of as many readers as there are places, so there is one left.
            Put(given);
            if (Volatile.Read(ref _waiting) == 0)
            {
                return;
            }
        }
    }

    /// <summary>Lets nobody wait any more, and disposes each reader once no call has it. Once.</summary>
    public async Task CloseAsync()
    {
        while (TryJoinLineToClose() is { } turn)
        {
            if (await TakeTurnAsync(turn).ConfigureAwait(false) is { } reader)
            {
                reader.Dispose();
                lock (_lock)
                {
                    _opened--;
                }
            }
        }
    }

    private Reader? TryTake()
    {
        var first = Thread.GetCurrentProcessorId();
        for (var i = 0; i < options.MaxReadConnections; i++)
        {
            ref var place = ref Place(first + i);
            if (Volatile.Read(ref place) is not null && Interlocked.Exchange(ref place, null) is { } reader)
            {
                return reader;
            }
        }

        return null;
    }

    private void Put(Reader reader)
    {
        var i = Thread.GetCurrentProcessorId();
        while (Interlocked.CompareExchange(ref Place(i), reader, null) is not null)
        {
            i++;
        }
    }

    private ref Reader? Place(int index) => ref _idle[(int)((uint)index % (uint)options.MaxReadConnections) * Distance];

    private async ValueTask<Reader> OpenOrWaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await OpenOrWaitAsync(new Turn(), cancellationToken).ConfigureAwait(false) is { } reader)
            {
                return reader;
            }
        }
    }

    private Task<Reader?> TakeTurnAsync(Turn turn)
    {
        Interlocked.MemoryBarrier();
        if (TryTake() is { } returned)
        {
            Return(returned);
        }

        return turn.Task;
    }

    // False: there is room for another connection, now reserved.
    private bool TryJoinLine(Turn turn)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteTier));
            if (_opened == options.MaxReadConnections)
            {
                Join(turn);
                return true;
            }

            _opened++;
            return false;
        }
    }

    // Null: all are closed.
    private Turn? TryJoinLineToClose()
    {
        lock (_lock)
        {
            _closed = true;
            if (_opened == 0)
            {
                return null;
            }

            var turn = new Turn();
            Join(turn);
            return turn;
        }
    }

    private void Join(Turn turn)
    {
        _line.Enqueue(turn);
        _waiting++;
    }

    private Reader Open()
    {
        try
        {
            return Reader.Open(path, options);
        }
        catch
        {
            LetAllBeginAgain();
            throw;
        }
    }

    // The connection was never opened, so whoever waits for it tries to open it. All of them, not the first alone: he may have given up meanwhile, or be turned away as the pool closes, and nobody would come for those behind him.
    private void LetAllBeginAgain()
    {
        lock (_lock)
        {
            _opened--;
            while (_line.TryDequeue(out var turn))
            {
                _waiting--;
                turn.TrySetResult(null);
            }
        }
    }

    // Answers the reads of single keys that are first in line, and hands the reader to whoever comes behind them. False when nobody waits any more.
    private bool Serve(Reader reader)
    {
        if (TakeLookups() is { } lookups)
        {
            LookupBatch.Run(reader, lookups);
        }

        return HandOn(reader);
    }

    // Null when the first in line is none.
    private List<Lookup>? TakeLookups()
    {
        lock (_lock)
        {
            List<Lookup>? taken = null;
            while ((taken?.Count ?? 0) < LookupBatch.Most && _line.TryPeek(out var first) && first is Lookup lookup)
            {
                _line.Dequeue();
                _waiting--;
                (taken ??= []).Add(lookup);
            }

            return taken;
        }
    }

    // False when nobody waits any more.
    private bool HandOn(Reader reader)
    {
        lock (_lock)
        {
            while (_line.TryDequeue(out var turn))
            {
                _waiting--;
                if (turn.TrySetResult(reader))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
