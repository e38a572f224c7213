using MvStore.Reliability.PowerLoss;

namespace MvStore.Reliability.Storage;

/// <summary>
/// A directory under test: what SQLite does to its files, and the commit log to those in its own directory, is written down in one order, and fails when it is
/// told to. Safe from any thread.
/// </summary>
internal sealed class Disk : IDisposable
{
    private const string DraftSuffix = ".mvstore-new";
    private const string LogSuffix = "-wal";

    private readonly Lock _lock = new();
    private readonly List<Change> _changes = [];                  // under _lock
    private readonly HashSet<string> _names = [];                 // under _lock; names in the directory, as far as SQLite uses them
    private readonly HashSet<string> _untouched = [];             // under _lock; logs of the beginning that SQLite did not open yet
    private readonly int[] _counts = new int[Enum.GetValues<OperationKind>().Length]; // under _lock
    private readonly IReadOnlyList<KeyValuePair<string, byte[]>> _initial; // all of it on disk
    private readonly LogFolder _log;                              // safe from any thread
    private volatile IReadOnlyList<Fault> _faults = [];           // written by the test, read by every operation
    private readonly HashSet<Fault> _met = [];                    // under _lock

    /// <summary>Begins with a directory as it is after the power came back.</summary>
    public Disk(string directory, IReadOnlyList<KeyValuePair<string, byte[]>> initial)
    {
        Directory = directory;
        _initial = initial;
        _log = new LogFolder(initial);
        Folder.Fill(directory, initial);
        foreach (var (name, _) in initial.Where(file => !LogFolder.Holds(file.Key)))
        {
            _names.Add(name);
            if (name.EndsWith(LogSuffix, StringComparison.Ordinal))
            {
                _untouched.Add(name);
                File.SetLastWriteTimeUtc(Path.Combine(directory, name), DateTime.UnixEpoch);
            }
        }

        RecordingVfs.Attach(this);
    }

    /// <summary>Begins with a directory as it is after the process was killed: nothing is lost, what was not synced still is not.</summary>
    public Disk(string directory, DiskHistory past)
        : this(directory, DiskModel.SeenAfter(past))
    {
        _initial = past.Initial;
        _changes.AddRange(past.Changes);
    }

    public string Directory { get; }

    /// <summary>What <c>PRAGMA synchronous</c> is turned into, for disks that lie: a digit, or null to leave it alone.</summary>
    public char? SynchronousOverride { get; set; }

    /// <summary>Whether a sync of the commit log does anything. False for a disk, or a log, that lies.</summary>
    public bool LogSyncs { get; set; } = true;

    /// <summary>Told of each operation that fails, on whatever thread it is.</summary>
    public Action? OnFailure { get; set; }

    /// <summary>How many changes there were so far.</summary>
    public int Position
    {
        get
        {
            lock (_lock)
            {
                return _changes.Count;
            }
        }
    }

    /// <summary>Whether a fault came to pass.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The position at which it did so first.</summary>
    public int FailedAt { get; private set; }

    /// <summary>What happened so far.</summary>
    public DiskHistory History
    {
        get
        {
            lock (_lock)
            {
                return new DiskHistory(_initial, [.. _changes]);
            }
        }
    }

    /// <summary>The directory of the commit log.</summary>
    public RecordedLogDirectory OpenLog() => new(_log, this);

    /// <summary>Arms faults, counting from the beginning of the disk, or heals the disk if there are none.</summary>
    public void Arm(params IReadOnlyList<Fault> faults) => _faults = faults;

    /// <summary>How many of the faults came to pass.</summary>
    public int CountOfMet
    {
        get
        {
            lock (_lock)
            {
                return _met.Count;
            }
        }
    }

    /// <summary>How often each kind of operation was asked for.</summary>
    public int CountOf(OperationKind kind)
    {
        lock (_lock)
        {
            return _counts[(int)kind];
        }
    }

    /// <summary>Deletes the directory. The stores in it are closed.</summary>
    public void Dispose()
    {
        RecordingVfs.Detach(this);
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Counts an operation that is asked for.</summary>
    /// <returns>The fault that makes it fail, or null.</returns>
    public Fault? Meets(OperationKind kind)
    {
        var met = MeetsAlone(kind);
        if (met is not null)
        {
            OnFailure?.Invoke();
        }

        return met;
    }

    /// <summary>Writes down that SQLite opens a file, and what happened to its name, without SQLite, since it looked last.</summary>
    /// <param name="name">The file.</param>
    /// <param name="existed">Whether it was there.</param>
    public void NoteOpening(string name, bool existed)
    {
        lock (_lock)
        {
            // The tier builds a new store under another name and moves it; what is left of an earlier attempt it deletes.
            if (_names.Contains(name))
            {
                NoteOutsideWriting(name, existed);
                var isNewDraft = name.EndsWith(DraftSuffix, StringComparison.Ordinal)
                    && new FileInfo(Path.Combine(Directory, name)) is { Exists: true, Length: 0 };
                if (!existed || isNewDraft)
                {
                    _changes.Add(new Change(ChangeKind.Delete, name));
                    _changes.Add(new Change(ChangeKind.Create, name));
                }
            }
            else if (_names.Contains(name + DraftSuffix) && !File.Exists(Path.Combine(Directory, name + DraftSuffix)))
            {
                _names.Remove(name + DraftSuffix);
                _names.Add(name);
                _changes.Add(new Change(ChangeKind.Rename, name + DraftSuffix, NewName: name));
            }
            else
            {
                _names.Add(name);
                _changes.Add(new Change(ChangeKind.Create, name));
            }
        }
    }

    private Fault? MeetsAlone(OperationKind kind)
    {
        lock (_lock)
        {
            var index = _counts[(int)kind]++;
            var fault = _faults.FirstOrDefault(f => f.Operation == kind && (index == f.Index || (index > f.Index && f.ForGood)));
            if (fault is null)
            {
                return null;
            }

            _met.Add(fault);
            FailedAt = HasFailed ? FailedAt : _changes.Count;
            HasFailed = true;
            return fault;
        }
    }

    // The tier may write a log anew and sync it, without SQLite, before SQLite opens it for the first time.
    private void NoteOutsideWriting(string name, bool existed)
    {
        var path = Path.Combine(Directory, name);
        if (_untouched.Remove(name) && existed && File.GetLastWriteTimeUtc(path) != DateTime.UnixEpoch)
        {
            _changes.Add(new Change(ChangeKind.Write, name, 0, File.ReadAllBytes(path)));
            _changes.Add(new Change(ChangeKind.Sync, name));
        }
    }

    public void NoteDeletion(string name, bool syncsDirectory)
    {
        lock (_lock)
        {
            if (_names.Remove(name))
            {
                _changes.Add(new Change(ChangeKind.Delete, name));
            }

            if (syncsDirectory)
            {
                _changes.Add(new Change(ChangeKind.SyncDirectory, ""));
            }
        }
    }

    public void Note(Change change)
    {
        lock (_lock)
        {
            _changes.Add(change);
        }
    }
}
