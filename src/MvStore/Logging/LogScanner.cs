namespace MvStore.Logging;

/// <summary>
/// Finds out what a log holds: which of its segments count, where its last whole commit ends, and whether what lies behind is a torn end or damage
/// (DESIGN.md 9, Opening). Changes nothing.
/// </summary>
/// <param name="durable">The publication up to which the persistent tier has everything: what the log holds of those is of no account.</param>
/// <param name="durableHighest">The highest version of those; null when it is not known.</param>
/// <param name="mark">A publication that is known to have been in the log, on disk.</param>
internal sealed class LogScanner(ulong durable, CommitVersion? durableHighest, ulong mark)
{
    private LogPosition _end;
    private ulong? _begun;
    private long _commits;
    private bool _metDurable;
    private string? _damage;

    /// <summary>Scans.</summary>
    /// <param name="segments">Every segment there is, in any order.</param>
    /// <exception cref="CommitLogException">The log and the persistent tier do not belong to one history.</exception>
    public LogContent Scan(IReadOnlyList<LogSegment> segments)
    {
        var live = LiveOf(segments);
        if (live.Count == 0)
        {
            return new LogContent(live, new LogPosition(0, 0, 0, durable, durableHighest ?? CommitVersion.Zero), 0, 0, _damage ?? MissingMark(durable));
        }

        Begin(live[0]);
        var cut = 0L;
        for (var i = 0; i < live.Count && _damage is null; i++)
        {
            var following = i + 1 < live.Count ? live[i + 1] : null;
            var reader = Read(live[i], following?.Header.PreviousEnd ?? live[i].Header.Length);
            if (_damage is null && following is not null)
            {
                RequireReached(live[i], reader, following.Header);
            }
            else if (_damage is null)
            {
                cut = JudgeEnd(live[i], reader);
            }
        }

        if (_damage is null && _end.Sequence > durable && !_metDurable && durableHighest is not null)
        {
            throw OtherHistory();
        }

        return new LogContent(live, _end, _commits, cut, _damage);
    }

    /// <summary>From the newest segment back to the first one that begins at or before what the persistent tier has.</summary>
    private List<LogSegment> LiveOf(IReadOnlyList<LogSegment> segments)
    {
        List<LogSegment> live = [];
        for (var next = segments.MaxBy(s => s.Header.Number); next is not null;)
        {
            live.Insert(0, next);
            var header = next.Header;
            if (header.Base <= durable)
            {
                return live;
            }

            next = segments.FirstOrDefault(s => s.Header.Number == header.Previous && header.Previous != 0);
        }

        if (live.Count > 0)
        {
            _damage = $"the persistent tier has the publications up to {durable}, and the log begins behind publication {live[0].Header.Base}";
        }

        return _damage is null ? live : [];
    }

    private void Begin(LogSegment first)
    {
        var header = first.Header;
        _end = new LogPosition(header.Number, LogFormat.FirstFrame, header.FirstChain, header.Base, header.Highest);
        CompareWithTier(_end);
    }

    private FrameReader Read(LogSegment segment, long end)
    {
        var reader = new FrameReader(segment, end);
        if (_begun is null)
        {
            _end = _end with { Segment = segment.Header.Number, Offset = reader.Offset, Chain = reader.Chain };
        }

        while (_damage is null && reader.TryRead())
        {
            Take(segment, reader);
        }

        return reader;
    }

    private void Take(LogSegment segment, FrameReader reader)
    {
        var frame = reader.Frame;
        var continues = _begun is { } begun ? frame.Sequence == begun : frame.Sequence == _end.Sequence && _commits == 0;
        if (frame.IsFirst ? _begun is not null || frame.Sequence <= _end.Sequence : !continues)
        {
            _damage = $"the segment {segment.Header.Number} holds frames in an order in which they were not written, before byte {reader.Offset}";
            return;
        }

        if (!frame.IsFirst && _begun is null)
        {
            // The rest of a commit that began before the first segment: the tier has it.
            return;
        }

        _begun = frame.Sequence;
        if (frame.IsLast)
        {
            _begun = null;
            _commits++;
            var highest = frame.Version > _end.Highest ? frame.Version : _end.Highest;
            _end = new LogPosition(segment.Header.Number, reader.Offset, reader.Chain, frame.Sequence, highest);
            CompareWithTier(_end);
        }
    }

    private void CompareWithTier(LogPosition position)
    {
        if (position.Sequence == durable)
        {
            _metDurable = true;
            if (durableHighest is { } expected && expected != position.Highest)
            {
                throw OtherHistory();
            }
        }
    }

    private void RequireReached(LogSegment segment, FrameReader reader, SegmentHeader following)
    {
        if (reader.Offset != following.PreviousEnd || reader.Chain != following.PreviousChain)
        {
            _damage = $"the segment {segment.Header.Number} cannot be read behind byte {reader.Offset}, and the log went on to byte {following.PreviousEnd}; "
                + $"whole up to publication {_end.Sequence}";
        }
    }

    /// <summary>Tells a torn end from damage.</summary>
    /// <returns>How many bytes are torn.</returns>
    private long JudgeEnd(LogSegment last, FrameReader reader)
    {
        var traces = FrameTraces.Find(last, reader.Offset);
        var whole = Math.Max(_end.Sequence, durable);
        if (Math.Max(traces.Synced, mark) > whole || (traces.Synced > _end.Sequence && traces.Last > durable))
        {
            _damage = $"the log is whole up to publication {_end.Sequence} only, and was on disk up to publication {Math.Max(traces.Synced, mark)}; "
                + $"the segment {last.Header.Number} cannot be read behind byte {reader.Offset}";
        }

        return traces.Last > 0 || _begun is not null ? last.Header.Length - (_end.Segment == last.Header.Number ? _end.Offset : LogFormat.FirstFrame) : 0;
    }

    private string? MissingMark(ulong whole)
        => mark > whole ? $"the log was on disk up to publication {mark}, and there is nothing of it behind publication {whole}" : null;

    private CommitLogException OtherHistory()
        => new(
            TierFailure.Fatal,
            $"The commit log does not continue the history in the persistent tier, which ends with publication {durable} and version {durableHighest}. "
                + "Was the store used without its log, or the other way round?");
}
