namespace MvStore.Remote;

/// <summary>
/// What lies between clients and the server: time, and faults. No request is answered on the thread that sends it. What happens to the n-th read and to the n-th write follows from
/// the seed alone. Safe from any thread.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="time">The clock of all latencies.</param>
/// <param name="seed">What the faults follow from.</param>
/// <param name="faultsPerThousand">How many of a thousand requests something happens to.</param>
public sealed class RemoteNetwork(RemoteServer server, TimeProvider time, int seed = 0, int faultsPerThousand = 0)
{
    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<RemoteFault> _planned = new();                        // under _gate; for writes
    private readonly List<(RemoteRequest Request, int After)> _underWay = [];    // under _gate; late ones, and how many requests pass them
    private int _reads;                                                          // under _gate
    private int _writes;                                                         // under _gate
    private int _faults;                                                         // under _gate

    /// <summary>The server.</summary>
    public RemoteServer Server { get; } = server;

    /// <summary>How many requests something happened to.</summary>
    public int Faults
    {
        get
        {
            lock (_gate)
            {
                return _faults;
            }
        }
    }

    /// <summary>Decides what happens to the next writes, one by one.</summary>
    /// <param name="faults">What happens.</param>
    public void PlanWrites(params ReadOnlySpan<RemoteFault> faults)
    {
        lock (_gate)
        {
            foreach (var fault in faults)
            {
                _planned.Enqueue(fault);
            }
        }
    }

    /// <summary>Lets everything arrive that is late.</summary>
    public void DeliverLate()
    {
        lock (_gate)
        {
            _underWay.ForEach(late => Server.Execute(late.Request));
            _underWay.Clear();
        }
    }

    internal async ValueTask<RemoteReply> SendAsync(RemoteRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await TravelAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var reply = Deliver(request);

        // What was done cannot be cancelled any more.
        await TravelAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return reply;
    }

    private async Task TravelAsync(CancellationToken cancellationToken)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timer = time.CreateTimer(static t => ((TaskCompletionSource)t!).TrySetResult(), arrived, OneWay, Timeout.InfiniteTimeSpan);
        await arrived.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private RemoteReply Deliver(RemoteRequest request)
    {
        lock (_gate)
        {
            var fault = NextFault(request);
            DeliverSomeLate();
            switch (fault)
            {
                case RemoteFault.Refused:
                    throw new PersistentTierException(TierFailure.Transient, "There is no connection.");

                case RemoteFault.RequestLost:
                    throw NoAnswer(request);

                case RemoteFault.ReplyLost:
                    Server.Execute(request);
                    throw NoAnswer(request);

                case RemoteFault.Late:
                    _underWay.Add((request, _writes % 4));
                    throw NoAnswer(request);

                default:
                    return Server.Execute(request);
            }
        }
    }

    private static PersistentTierException NoAnswer(RemoteRequest request)
        => new(request.Writes ? TierFailure.InDoubt : TierFailure.Transient, "No answer came in time.");

    private RemoteFault NextFault(RemoteRequest request)
    {
        var number = request.Writes ? ++_writes : ++_reads;
        if (request.Writes && _planned.TryDequeue(out var planned))
        {
            _faults += planned == RemoteFault.None ? 0 : 1;
            return planned;
        }

        var random = new Random(unchecked((((seed * 397) ^ number) * 2) + (request.Writes ? 1 : 0)));
        if (random.Next(1_000) >= faultsPerThousand)
        {
            return RemoteFault.None;
        }

        _faults++;
        return request.Writes ? (RemoteFault)random.Next(1, 5) : RemoteFault.Refused;
    }

    private void DeliverSomeLate()
    {
        for (var i = _underWay.Count - 1; i >= 0; i--)
        {
            var (request, after) = _underWay[i];
            if (after > 0)
            {
                _underWay[i] = (request, after - 1);
                continue;
            }

            _underWay.RemoveAt(i);
            Server.Execute(request);
        }
    }
}
