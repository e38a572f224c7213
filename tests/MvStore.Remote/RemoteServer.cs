using System.Security.Cryptography;

namespace MvStore.Remote;

/// <summary>
/// A store elsewhere: bytes in bytewise order, walked upwards only, changed by requests that are done whole or not at all. Knows nothing of versions. Survives its clients.
/// Safe from any thread.
/// </summary>
/// <param name="capabilities">The limits it has.</param>
public sealed class RemoteServer(TierCapabilities capabilities)
{
    private readonly Lock _gate = new();
    private readonly ulong _identity = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly SortedSet<RemoteRow> _rows = new(Comparer<RemoteRow>.Create(static (x, y) => x.Key.AsSpan().SequenceCompareTo(y.Key))); // under _gate
    private ulong _epoch;                                                                                                              // under _gate

    /// <summary>The limits it has.</summary>
    public TierCapabilities Capabilities { get; } = capabilities;

    internal RemoteReply Execute(RemoteRequest request)
    {
        lock (_gate)
        {
            var status = Judge(request);
            if (status != RemoteStatus.Done)
            {
                return new RemoteReply(status, [], _epoch, _identity);
            }

            if (request.Opens)
            {
                _epoch = request.Epoch;
            }

            var read = request.Reads.Select(r => (IReadOnlyList<RemoteRow>)[.. Range(r.From, r.To).Take(r.Limit)]).ToArray();
            Write(request);
            return new RemoteReply(RemoteStatus.Done, read, _epoch, _identity);
        }
    }

    private RemoteStatus Judge(RemoteRequest request)
    {
        var mayCome = request.Opens ? request.Epoch > _epoch : request.Epoch == _epoch && _epoch != 0;
        return !mayCome ? RemoteStatus.Fenced
            : request.ExpectedMark is { } mark && mark != NumberAt(RowCodec.Mark) ? RemoteStatus.OtherMark
            : IsTooLarge(request) ? RemoteStatus.TooLarge
            : request.Additions.Any(_rows.Contains) ? RemoteStatus.Exists
            : RemoteStatus.Done;
    }

    private bool IsTooLarge(RemoteRequest request)
        => request.Additions.Count > Capabilities.MaxBatchRows
            || request.Reads.Count > Math.Max(Capabilities.MaxReadKeys, 8)
            || request.Additions.Sum(a => (long)RowCodec.Decode(a.Key).Key.Length + a.Value.Length - sizeof(ulong) - 1) > Capabilities.MaxBatchBytes;

    private void Write(RemoteRequest request)
    {
        foreach (var row in request.Additions.Concat(request.Puts))
        {
            Put(row);
        }

        foreach (var key in request.Deletions)
        {
            _rows.Remove(new RemoteRow(key, []));
        }

        foreach (var row in request.RangeDeletions.SelectMany(r => Range(r.From, r.To).ToArray()))
        {
            _rows.Remove(row);
        }

        foreach (var (key, number) in request.Raises.Where(r => r.Number > NumberAt(r.Key) || !_rows.Contains(new RemoteRow(r.Key, []))))
        {
            Put(new RemoteRow(key, RowCodec.Number(number)));
        }

        foreach (var row in request.Replacements.Where(r => !_rows.TryGetValue(r, out var there) || RowCodec.IsNewer(r.Value, there.Value)))
        {
            Put(row);
        }

        foreach (var (key, number) in request.Forgets.Where(f => NumberAt(f.Key) <= f.Number))
        {
            _rows.Remove(new RemoteRow(key, []));
        }
    }

    private void Put(RemoteRow row)
    {
        _rows.Remove(row);
        _rows.Add(row);
    }

    private ulong NumberAt(byte[] key) => _rows.TryGetValue(new RemoteRow(key, []), out var row) ? RowCodec.Number(row.Value) : 0;

    private IEnumerable<RemoteRow> Range(byte[] from, byte[] to)
        => from.AsSpan().SequenceCompareTo(to) >= 0
            ? []
            : _rows.GetViewBetween(new RemoteRow(from, []), new RemoteRow(to, [])).TakeWhile(r => r.Key.AsSpan().SequenceCompareTo(to) < 0);
}
