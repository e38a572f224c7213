using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace MvStore.Comparisons.RawLog;

/// <summary>
/// A preallocated file that is appended to and synced. Whoever finds nobody writing writes everything that was gathered, for all who wait;
/// the others gather meanwhile.
/// </summary>
internal sealed class GroupLog : IDisposable
{
    private const int Chunk = 64 << 20;
    private const int FirstCapacity = 1 << 16;

    /// <summary>How long a writer waits for those it wrote for the last time: they are about to come again, and share its sync.</summary>
    private static readonly TimeSpan LongestGathering = TimeSpan.FromMicroseconds(50);

    private readonly SafeFileHandle _file;
    private readonly object _gate = new();
    private byte[] _gathering = new byte[FirstCapacity]; // under _gate
    private byte[] _spare = new byte[FirstCapacity]; // under _gate; of the writer while one writes
    private int _gathered; // bytes; under _gate
    private int _waiting; // records in _gathering; under _gate
    private int _lastGroup; // records in the last write; under _gate
    private long _group = 1; // the number of what is being gathered; under _gate
    private long _durable; // the number of the last group on disk; under _gate
    private bool _isWriting; // under _gate
    private long _end; // of the writer
    private long _allocated; // of the writer

    public GroupLog(string path)
    {
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        Allocate();
    }

    /// <summary>Appends a record and returns when it is on disk.</summary>
    public void Append(ReadOnlySpan<byte> record)
    {
        lock (_gate)
        {
            if (_gathered + record.Length > _gathering.Length)
            {
                Array.Resize(ref _gathering, Math.Max(_gathering.Length * 2, _gathered + record.Length));
            }

            record.CopyTo(_gathering.AsSpan(_gathered));
            _gathered += record.Length;
            _waiting++;
            var group = _group;
            while (_durable < group)
            {
                if (_isWriting)
                {
                    Monitor.Wait(_gate);
                }
                else
                {
                    WriteGroup();
                }
            }
        }
    }

    public void Dispose() => _file.Dispose();

    // Called under _gate, and leaves it while it waits and writes.
    private void WriteGroup()
    {
        _isWriting = true;
        try
        {
            AwaitOthers();
            var (bytes, length, group) = (_gathering, _gathered, _group++);
            _lastGroup = _waiting;
            (_gathering, _spare, _gathered, _waiting) = (_spare, bytes, 0, 0);
            Monitor.Exit(_gate);
            try
            {
                Write(bytes.AsSpan(0, length));
            }
            finally
            {
                Monitor.Enter(_gate);
            }

            _durable = group;
        }
        finally
        {
            _isWriting = false;
            Monitor.PulseAll(_gate);
        }
    }

    private void AwaitOthers()
    {
        var begin = Stopwatch.GetTimestamp();
        while (_waiting < _lastGroup && Stopwatch.GetElapsedTime(begin) < LongestGathering)
        {
            Monitor.Exit(_gate);
            Thread.Yield();
            Monitor.Enter(_gate);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_end + bytes.Length > _allocated)
        {
            Allocate();
        }

        RandomAccess.Write(_file, bytes, _end);
        DataSync.Run(_file);
        _end += bytes.Length;
    }

    // Zeros are written, not only reserved: then a sync has the data to write and nothing of the file system's.
    private void Allocate()
    {
        RandomAccess.Write(_file, new byte[Chunk], _allocated);
        RandomAccess.FlushToDisk(_file);
        _allocated += Chunk;
    }
}
