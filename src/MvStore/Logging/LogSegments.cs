using System.Globalization;

namespace MvStore.Logging;

/// <summary>
/// The files of the log: those that count, and those that may be used again. A file may be used again once everything that has a frame in it is in the
/// persistent tier (I17). Begun by the writer; released by the flusher.
/// </summary>
internal sealed class LogSegments : IDisposable
{
    private readonly LogDirectory _directory;
    private readonly int _longest;
    private readonly int _mostFree;
    private readonly Lock _gate = new();

    // Owned by _gate. The live ones in order; the last one is being written.
    private readonly List<LogSegment> _live;
    private readonly Stack<(string Name, LogFile File)> _free = new();
    private readonly Stack<(string Name, LogFile File)> _surplus = new();

    // Owned by _gate. How long the next new file will be: each is four times as long as the one before, so that a small store has small files.
    private int _length;

    // Owned by who has the writer's turn (I54).
    private ulong _lastNumber;
    private int _lastName;

    /// <param name="directory">Where the files are. Disposed with this.</param>
    /// <param name="all">Every file of a segment, with its header when it holds one.</param>
    /// <param name="live">Those that count, in order.</param>
    /// <param name="longest">The length of a segment at most.</param>
    /// <param name="mostFree">How many files are kept to be used again; more are deleted.</param>
    public LogSegments(
        LogDirectory directory,
        IReadOnlyList<(string Name, LogFile File, SegmentHeader? Header)> all,
        IReadOnlyList<LogSegment> live,
        int longest,
        int mostFree)
    {
        _directory = directory;
        _longest = longest;
        _length = Math.Min(longest, LogFormat.ShortestSegment);
        _mostFree = mostFree;
        _live = [.. live];
        foreach (var (name, file, header) in all)
        {
            _lastNumber = Math.Max(_lastNumber, header?.Number ?? 0);
            _lastName = Math.Max(_lastName, int.Parse(Path.GetFileNameWithoutExtension(name), CultureInfo.InvariantCulture));
            if (!_live.Any(s => s.Name == name))
            {
                Free((name, file));
            }
        }
    }

    /// <summary>The bytes of the segments that count, without the one being written.</summary>
    public long FullBytes
    {
        get
        {
            lock (_gate)
            {
                return _live.Take(_live.Count - 1).Sum(static s => (long)s.Header.Length);
            }
        }
    }

    /// <summary>Begins a segment, in a file that is free or in a new one, and returns when its header is on disk. To be repeated if the disk is full.</summary>
    /// <param name="header">Its header; number and length are given here.</param>
    public LogSegment Begin(SegmentHeader header)
    {
        DeleteSurplus();
        if (!TryTakeFree(out var taken, out var length))
        {
            var name = (_lastName + 1).ToString("D8", CultureInfo.InvariantCulture) + LogFormat.SegmentSuffix;
            taken = (name, _directory.Create(name, length));
            _lastName++;
        }

        header = header with { Number = _lastNumber + 1, Length = (int)taken.File.Length };
        Span<byte> sector = stackalloc byte[LogFormat.SectorBytes];
        header.Write(sector);
        try
        {
            taken.File.Write(sector, 0);
            taken.File.Sync();
        }
        catch
        {
            Free(taken);
            throw;
        }

        _lastNumber++;
        var segment = new LogSegment(taken.Name, taken.File, header);
        lock (_gate)
        {
            _live.Add(segment);
            _length = (int)Math.Min(_longest, 4L * _length);
        }

        return segment;
    }

    /// <summary>Lets go of the segments that hold nothing behind a publication. Any thread; no I/O.</summary>
    /// <param name="flushed">The persistent tier has everything up to here.</param>
    public void Release(ulong flushed)
    {
        lock (_gate)
        {
            // The last one is being written, whatever it holds.
            while (_live.Count > 1 && _live[1].Header.Base <= flushed)
            {
                Free((_live[0].Name, _live[0].File));
                _live.RemoveAt(0);
            }
        }
    }

    /// <summary>Deletes the files that hold nothing that is needed, but for one, with which the next opening begins. The writer must have ended.</summary>
    public void DeleteFree()
    {
        lock (_gate)
        {
            while (_free.Count > 1)
            {
                _surplus.Push(_free.Pop());
            }
        }

        DeleteSurplus();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _live.ForEach(s => s.File.Dispose());
            foreach (var (_, file) in _free.Concat(_surplus))
            {
                file.Dispose();
            }

            _live.Clear();
            _free.Clear();
            _surplus.Clear();
        }

        _directory.Dispose();
    }

    private bool TryTakeFree(out (string Name, LogFile File) taken, out int length)
    {
        lock (_gate)
        {
            length = _length;
            return _free.TryPop(out taken);
        }
    }

    private void Free((string Name, LogFile File) file)
    {
        lock (_gate)
        {
            var kept = file.File.Length >= _length && file.File.Length <= _longest && _free.Count < _mostFree ? _free : _surplus;
            kept.Push(file);
        }
    }

    private void DeleteSurplus()
    {
        while (TryTakeSurplus(out var surplus))
        {
            surplus.File.Dispose();
            _directory.Delete(surplus.Name);
        }
    }

    private bool TryTakeSurplus(out (string Name, LogFile File) surplus)
    {
        lock (_gate)
        {
            return _surplus.TryPop(out surplus);
        }
    }
}
