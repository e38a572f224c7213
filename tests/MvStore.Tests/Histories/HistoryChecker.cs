namespace MvStore.Tests.Histories;

/// <summary>
/// Decides exactly whether a recorded history is snapshot isolation over versions (contract A2, A4, A5, B1, C1). A reader's view is (S, P): its
/// version S is known, the publication P it captured is not. Every read admits some values of P and excludes the others; the history is right if and only if
/// some P is left for each reader that fits real time and the reader's session.
/// Rules: ORDER, publications agree with real time; ONCE, a (key, version) is written once; READ, some P explains all reads of a reader, so it saw
/// all of each commit or nothing, and nothing that was unpublished; STALE, that P covers all that was acknowledged before; SESSION, it does not go back.
/// </summary>
internal sealed class HistoryChecker
{
    private readonly Dictionary<int, KeyHistory> _keys = [];
    private readonly List<HistoryViolation> _violations = [];
    private readonly List<HistoryCommit> _commits;
    private readonly List<(long Event, ulong Sequence)> _acknowledged = [];
    private readonly List<(long Event, ulong Sequence)> _begun = [];

    private HistoryChecker(IEnumerable<HistoryCommit> commits) => _commits = [.. commits.OrderBy(c => c.Sequence)];

    /// <summary>Checks a history.</summary>
    /// <returns>What is wrong; empty when it is right.</returns>
    public static IReadOnlyList<HistoryViolation> Check(IEnumerable<HistoryCommit> commits, IEnumerable<HistoryReader> readers)
    {
        var checker = new HistoryChecker(commits);
        checker.CheckCommits();
        checker.CheckReaders(readers);
        return checker._violations;
    }

    private void CheckCommits()
    {
        var written = new HashSet<(int, ulong)>();
        ulong last = 0;
        foreach (var commit in _commits)
        {
            if (commit.Sequence == last)
            {
                Report("ORDER", $"two commits have sequence {last}");
            }

            last = commit.Sequence;
            foreach (var (key, value) in commit.Writes)
            {
                if (!written.Add((key, commit.Version)))
                {
                    Report("ONCE", $"key {key} was written twice at version {commit.Version}");
                }

                KeyOf(key).Add(commit.Version, commit.Sequence, value);
            }
        }

        // A commit that begins after another one was acknowledged comes after it.
        ulong acknowledged = 0;
        var byEnd = _commits.OrderBy(c => c.End).ToList();
        var next = 0;
        foreach (var commit in _commits.OrderBy(c => c.Begin))
        {
            while (next < byEnd.Count && byEnd[next].End < commit.Begin)
            {
                acknowledged = Math.Max(acknowledged, byEnd[next++].Sequence);
            }

            if (commit.Sequence < acknowledged)
            {
                Report("ORDER", $"commit {commit.Sequence} began after {acknowledged} was acknowledged");
            }
        }

        ulong highest = 0;
        foreach (var commit in byEnd)
        {
            highest = Math.Max(highest, commit.Sequence);
            _acknowledged.Add((commit.End, highest));
        }

        highest = 0;
        foreach (var commit in _commits.OrderBy(c => c.Begin))
        {
            highest = Math.Max(highest, commit.Sequence);
            _begun.Add((commit.Begin, highest));
        }
    }

    private void CheckReaders(IEnumerable<HistoryReader> readers)
    {
        foreach (var session in readers.GroupBy(r => r.Session))
        {
            ulong previous = 0;
            foreach (var reader in session.OrderBy(r => r.Begin))
            {
                var low = LastBefore(_acknowledged, reader.Begin);
                var high = LastBefore(_begun, reader.End);
                if (Earliest(reader, Math.Max(low, previous), high) is { } view)
                {
                    previous = view;
                }
                else
                {
                    Report(Diagnose(reader, low, high), Describe(reader, low, high, previous));
                }
            }
        }
    }

    private string Diagnose(HistoryReader reader, ulong low, ulong high)
        => Earliest(reader, low, high) is not null ? "SESSION"
            : Earliest(reader, 0, high) is not null ? "STALE"
            : "READ";

    /// <summary>The earliest publication from low to high that explains every read.</summary>
    private ulong? Earliest(HistoryReader reader, ulong low, ulong high)
    {
        var candidate = low;
        while (true)
        {
            var moved = false;
            foreach (var read in reader.Reads)
            {
                if (KeyOf(read.Key).EarliestThatAnswers(read, reader.At, candidate, high) is not { } earliest)
                {
                    return null;
                }

                moved |= earliest > candidate;
                candidate = earliest;
            }

            if (!moved)
            {
                return candidate;
            }
        }
    }

    private string Describe(HistoryReader reader, ulong low, ulong high, ulong previous)
    {
        var alone = reader.Reads
            .Where(r => KeyOf(r.Key).EarliestThatAnswers(r, reader.At, low, high) is null)
            .Select(r => $"key {r.Key} read {r.Version}={r.Value}, at {low} it was {KeyOf(r.Key).Answer(reader.At, low)}, at {high} {KeyOf(r.Key).Answer(reader.At, high)}")
            .DefaultIfEmpty("each read alone has an explanation")
            .First();
        return $"session {reader.Session} at version {reader.At}, publication {low} to {high}, after {previous}: {alone}";
    }

    private KeyHistory KeyOf(int key) => _keys.TryGetValue(key, out var history) ? history : _keys[key] = new KeyHistory();

    private void Report(string rule, string what) => _violations.Add(new HistoryViolation(rule, what));

    private static ulong LastBefore(List<(long Event, ulong Sequence)> events, long moment)
    {
        var low = 0;
        var high = events.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (events[middle].Event < moment)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? 0 : events[low - 1].Sequence;
    }

    /// <summary>Every version of one key, by publication and by version.</summary>
    private sealed class KeyHistory
    {
        private readonly List<Entry> _bySequence = [];
        private List<Entry>? _byVersion;

        public void Add(ulong version, ulong sequence, long? value) => _bySequence.Add(new Entry(version, sequence, value));

        public Entry? Answer(ulong at, ulong view)
        {
            _byVersion ??= [.. _bySequence.OrderBy(e => e.Version)];
            for (var i = CountUpTo(_byVersion, at, static e => e.Version) - 1; i >= 0; i--)
            {
                if (_byVersion[i].Sequence <= view)
                {
                    return _byVersion[i];
                }
            }

            return null;
        }

        public ulong? EarliestThatAnswers(HistoryRead read, ulong at, ulong low, ulong high)
        {
            var newest = Answer(at, low);
            if (Matches(newest, read))
            {
                return low;
            }

            for (var i = CountUpTo(_bySequence, low, static e => e.Sequence); i < _bySequence.Count && _bySequence[i].Sequence <= high; i++)
            {
                var entry = _bySequence[i];
                if (entry.Version <= at && (newest is null || entry.Version > newest.Value.Version))
                {
                    newest = entry;
                    if (Matches(newest, read))
                    {
                        return entry.Sequence;
                    }
                }
            }

            return null;
        }

        private static bool Matches(Entry? newest, HistoryRead read) => newest is { Value: { } value } entry
            ? entry.Version == read.Version && value == read.Value
            : read.Version == 0;

        private static int CountUpTo(List<Entry> entries, ulong limit, Func<Entry, ulong> order)
        {
            var low = 0;
            var high = entries.Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (order(entries[middle]) <= limit)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low;
        }
    }

    private readonly record struct Entry(ulong Version, ulong Sequence, long? Value);
}
