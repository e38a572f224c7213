namespace MvStore.Tests.Histories;

/// <summary>
/// A store of a few lines under a scheduler of a few more: several writers and readers take one step at a time in an order that a seed decides, and
/// one bug can be planted. It exists to show that <see cref="HistoryChecker"/> has teeth.
/// </summary>
internal sealed class SimulatedStore(int seed, PlantedBug bug)
{
    private const int Keys = 5;
    private const int Writers = 3;
    private const int Readers = 3;

    private readonly Random _random = new(seed);
    private readonly List<Entry> _entries = [];
    private readonly List<HistoryCommit> _commits = [];
    private readonly List<HistoryReader> _readers = [];
    private readonly List<IEnumerator<bool>> _running = [];
    private readonly HashSet<(int, ulong)> _written = [];
    private readonly Queue<int> _idleSessions = new(Enumerable.Range(0, Readers));
    private readonly ulong[] _sessions = new ulong[Readers];
    private readonly List<(ulong At, ulong View)> _views = [];
    private ulong _nextVersion;
    private ulong _sequence;
    private ulong _published;
    private long _event;
    private bool _writing;

    public (IReadOnlyList<HistoryCommit> Commits, IReadOnlyList<HistoryReader> Readers) Run(int transactions)
    {
        while (transactions > 0 || _running.Count > 0)
        {
            if (transactions > 0 && _running.Count < Writers + Readers)
            {
                transactions--;
                _running.Add((_idleSessions.Count == 0 || _random.Next(2) == 0 ? Write() : Read(_idleSessions.Dequeue())).GetEnumerator());
            }

            var next = _random.Next(_running.Count);
            if (!_running[next].MoveNext())
            {
                _running.RemoveAt(next);
            }
        }

        return (_commits, _readers);
    }

    private IEnumerable<bool> Write()
    {
        var begin = ++_event;
        while (_writing)
        {
            yield return true;
        }

        _writing = true;
        var isLate = _nextVersion > 4 && _random.Next(4) == 0;
        var version = isLate ? _nextVersion - (ulong)_random.Next(1, 4) : _nextVersion += (ulong)_random.Next(1, 3);
        var keys = Enumerable.Range(0, Keys).OrderBy(_ => _random.Next()).Take(2).ToArray();
        if (keys.Any(k => _written.Contains((k, version))) && bug != PlantedBug.DuplicateAccepted)
        {
            _writing = false;
            yield break;
        }

        var sequence = ++_sequence;
        var writes = keys.Select(k => (Key: k, Value: _random.Next(5) == 0 ? (long?)null : (long)(version * 100) + k)).ToArray();
        for (var i = 0; i < writes.Length; i++)
        {
            if (i == writes.Length - 1 && bug == PlantedBug.PublishBeforeLastWrite)
            {
                _published = sequence;
                yield return true;
            }

            if (bug == PlantedBug.LateVersionHidesNewer && isLate)
            {
                _entries.RemoveAll(e => e.Key == writes[i].Key && e.Version > version);
            }

            if (bug != PlantedBug.LateVersionLost || !isLate)
            {
                _entries.Add(new Entry(writes[i].Key, version, sequence, writes[i].Value));
            }

            _written.Add((writes[i].Key, version));
            yield return true;
        }

        _published = sequence;
        _writing = false;
        Collect();
        yield return true;
        _commits.Add(new HistoryCommit(begin, ++_event, version, sequence, writes));
    }

    private IEnumerable<bool> Read(int session)
    {
        var begin = ++_event;
        yield return true;
        var at = _random.Next(3) == 0 ? _nextVersion : ulong.MaxValue;
        var view = bug switch
        {
            PlantedBug.ViewFromThePast => _published - Math.Min(_published, 3),
            PlantedBug.SessionGoesBack when _sessions[session] > 2 && _random.Next(4) == 0 && begin + 1 < _event => _sessions[session] - 1,
            PlantedBug.ReadsWhatIsNotPublished => _sequence,
            _ => _published,
        };
        _sessions[session] = view;
        var end = ++_event;
        _views.Add((at, view));
        var reads = new List<HistoryRead>();
        foreach (var key in Enumerable.Range(0, Keys).OrderBy(_ => _random.Next()).ToArray())
        {
            yield return true;
            var seen = _entries
                .Where(e => e.Key == key && e.Version <= at)
                .Where(e => e.Sequence <= view || bug == PlantedBug.LateVersionVisibleToOlderViews)
                .Where(e => e.Value is not null || bug != PlantedBug.DeletionResurrected)
                .OrderBy(e => e.Version)
                .LastOrDefault();
            reads.Add(seen is { Value: { } value } ? new HistoryRead(key, seen.Version, value) : new HistoryRead(key, 0, 0));
        }

        _views.Remove((at, view));
        _readers.Add(new HistoryReader(session, begin, end, at, reads));
        _idleSessions.Enqueue(session);
    }

    private void Collect()
    {
        foreach (var chain in _entries.GroupBy(e => e.Key).ToArray())
        {
            var newest = chain.MaxBy(e => e.Version)!;
            var kept = bug == PlantedBug.CollectorIgnoresViews
                ? [newest]
                : _views.Select(v => chain.Where(e => e.Version <= v.At && e.Sequence <= v.View).MaxBy(e => e.Version)).Append(newest).ToHashSet();

            // Nothing above the lowest version a reader may still ask for is let go.
            _entries.RemoveAll(e => e.Key == chain.Key && e.Version + 8 < _nextVersion && !kept.Contains(e));
        }
    }

    private sealed record Entry(int Key, ulong Version, ulong Sequence, long? Value);
}
