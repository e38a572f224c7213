using Microsoft.Win32.SafeHandles;

namespace MvStore.Comparisons.RawLog;

/// <summary>
/// A preallocated file that is appended to and synced. A member that finds nobody writing leads: it writes and syncs what was gathered.
/// The others gather meanwhile; when the leader is through it first makes one of those the next leader and then wakes its own group, so
/// the disk never waits for threads to wake.
/// </summary>
internal sealed class GroupLog : IDisposable
{
    private const int Chunk = 64 << 20;
    private const int FirstCapacity = 1 << 16;

    private readonly SafeFileHandle _file;
    private readonly Lock _gate = new();
    private byte[] _gathering = new byte[FirstCapacity]; // under _gate
    private byte[] _writing = new byte[FirstCapacity]; // of the leader; exchanged under _gate
    private List<LogMember> _members = []; // those whose records are in _gathering; under _gate
    private List<LogMember> _group = []; // those whose records are in _writing; of the leader, exchanged under _gate
    private int _gathered; // bytes; under _gate
    private bool _isLed; // under _gate
    private long _end; // of the leader
    private long _allocated; // of the leader

    public GroupLog(string path)
    {
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        Allocate();
    }

    /// <summary>Appends a record and returns when it is on disk.</summary>
    public void Append(ReadOnlySpan<byte> record, LogMember member)
    {
        bool leads;
        lock (_gate)
        {
            if (_gathered + record.Length > _gathering.Length)
            {
                Array.Resize(ref _gathering, Math.Max(_gathering.Length * 2, _gathered + record.Length));
            }

            record.CopyTo(_gathering.AsSpan(_gathered));
            _gathered += record.Length;
            _members.Add(member);
            leads = !_isLed;
            _isLed = true;
        }

        if (leads || member.AwaitLeadership())
        {
            Lead(member);
        }
    }

    public void Dispose() => _file.Dispose();

    private void Lead(LogMember leader)
    {
        int length;
        lock (_gate)
        {
            (_gathering, _writing) = (_writing, _gathering);
            (_members, _group) = (_group, _members);
            (length, _gathered) = (_gathered, 0);
        }

        var failure = Write(_writing.AsSpan(0, length));
        var group = _group;
        LogMember? next;
        lock (_gate)
        {
            next = _members.Count > 0 ? _members[0] : null;
            _isLed = next is not null;
            _group = [];
        }

        next?.MakeLeader();
        foreach (var member in group)
        {
            if (member != leader)
            {
                member.Complete(failure);
            }
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private IOException? Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (_end + bytes.Length > _allocated)
            {
                Allocate();
            }

            RandomAccess.Write(_file, bytes, _end);
            DataSync.Run(_file);
            _end += bytes.Length;
            return null;
        }
        catch (IOException failure)
        {
            return failure;
        }
    }

    // Zeros are written, not only reserved: then a sync has the data to write and nothing of the file system's.
    private void Allocate()
    {
        RandomAccess.Write(_file, new byte[Chunk], _allocated);
        RandomAccess.FlushToDisk(_file);
        _allocated += Chunk;
    }
}
