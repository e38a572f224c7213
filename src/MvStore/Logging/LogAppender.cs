using System.Buffers.Binary;
using System.Security.Cryptography;
using MvStore.Contracts;

namespace MvStore.Logging;

/// <summary>
/// Turns commits into frames and appends them, segment after segment. Frames are put together in one buffer and written when it is full or when asked; a commit of
/// any size passes through it in parts. Owned by who has the turn (I54).
/// </summary>
internal sealed class LogAppender
{
    private const int StagedBytes = 1 << 20;

    // How many rows ahead of the one that is copied memory is fetched.
    private const int FetchedAhead = 16;

    private readonly LogSegments _segments;
    private readonly SpaceWait _space;
    private readonly SyncedMark _mark;
    private readonly ulong _store;
    private readonly ulong _log;
    private readonly byte[] _staged = GC.AllocateUninitializedArray<byte>(StagedBytes, pinned: true);

    private readonly int _maxPayload;

    private LogSegment _segment;

    // Where the staged bytes go, how many there are, and the checksum of the last frame among them.
    private long _offset = LogFormat.FirstFrame;
    private int _filled;
    private uint _chain;

    // The last whole commit, and what of it is on disk.
    private ulong _sequence;
    private ulong _synced;
    private CommitVersion _highest;

    // The frame that is being filled: where it begins and where its payload ends so far and in the end; and what of the commit comes after it.
    private int _frame;
    private int _frameEnd;
    private long _rest;
    private bool _isFirst;

    /// <param name="segments">The files.</param>
    /// <param name="space">Waits for space.</param>
    /// <param name="mark">Is told what is on disk.</param>
    /// <param name="store">The store's identity.</param>
    /// <param name="log">The log's identity.</param>
    /// <param name="after">Where the log ends; a new segment begins there, at once or not at all.</param>
    public LogAppender(LogSegments segments, SpaceWait space, SyncedMark mark, ulong store, ulong log, LogPosition after)
    {
        _segments = segments;
        _space = space;
        _mark = mark;
        _store = store;
        _log = log;
        _sequence = _synced = after.Sequence;
        _highest = after.Highest;
        _segment = BeginSegment(after.Segment, after.Offset, after.Chain, after.Sequence, after.Highest);
        _chain = _segment.Header.FirstChain;
        _maxPayload = Math.Min(LogFormat.MaxPayload, (_segment.Header.Length - LogFormat.FirstFrame) / 2);
    }

    /// <summary>The last commit that is in the log or staged, whole.</summary>
    public ulong Sequence => _sequence;

    /// <summary>The last commit that is on disk.</summary>
    public ulong Synced => _synced;

    /// <summary>Bytes of the segment being written that are used.</summary>
    public long UsedBytes => _offset + _filled;

    /// <summary>Has the processor fetch the first rows of a commit that will be appended soon.</summary>
    public static void Fetch(PreparedCommit commit)
    {
        var rows = commit.Rows.AsSpan();
        foreach (ref readonly var row in rows[..Math.Min(rows.Length, FetchedAhead)])
        {
            row.Fetch();
        }
    }

    /// <summary>Appends a commit, whose rows lie in memory. It is written and synced later, unless it is large.</summary>
    public void Append(PreparedCommit commit)
    {
        var rows = commit.Rows.AsSpan();
        var drops = commit.Drops;
        var count = rows.Length + drops.Length;
        var length = CommitRow.PreludeBytes + ((long)CommitRow.HeadBytes * count) + commit.Bytes;

        _rest = length;
        _isFirst = true;
        BeginFrame(commit);
        Span<byte> head = stackalloc byte[CommitRow.PreludeBytes];
        head.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(head, count);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], length);
        Put(head, commit);
        for (var i = 0; i < rows.Length; i++)
        {
            if (i + FetchedAhead < rows.Length)
            {
                rows[i + FetchedAhead].Fetch();
            }

            ref readonly var row = ref rows[i];
            var value = row.Value;
            Put(row.Key, value, row.IsTombstone ? CommitRow.Tombstone : value.Length, commit);
        }

        foreach (var drop in drops)
        {
            Put(drop.Key.Span, default, CommitRow.Drop, commit);
        }

        EndFrame(commit);
        _sequence = commit.Sequence;
        _highest = commit.Version > _highest ? commit.Version : _highest;
    }

    /// <summary>Hands what is staged to the operating system.</summary>
    public void Write()
    {
        if (_filled > 0)
        {
            _space.Run(() => _segment.File.Write(_staged.AsSpan(0, _filled), _offset));
            _offset += _filled;
            _filled = 0;
        }
    }

    /// <summary>Brings what was written to disk.</summary>
    public void Sync()
    {
        _segment.File.Sync();
        _synced = _sequence;
        _space.Run(() => _mark.Write(_synced));
    }

    private void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int valueLength, PreparedCommit commit)
    {
        var row = new CommitRow(key.Length, valueLength);
        if (_filled + row.TotalBytes <= _frameEnd)
        {
            var into = _staged.AsSpan(_filled);
            row.Write(into);
            key.CopyTo(into[CommitRow.HeadBytes..]);
            value.CopyTo(into[(CommitRow.HeadBytes + key.Length)..]);
            _filled += row.TotalBytes;
            return;
        }

        Span<byte> head = stackalloc byte[CommitRow.HeadBytes];
        row.Write(head);
        Put(head, commit);
        Put(key, commit);
        Put(value, commit);
    }

    private void Put(ReadOnlySpan<byte> bytes, PreparedCommit commit)
    {
        while (!bytes.IsEmpty)
        {
            if (_filled == _frameEnd)
            {
                EndFrame(commit);
                BeginFrame(commit);
            }

            var taken = Math.Min(bytes.Length, _frameEnd - _filled);
            bytes[..taken].CopyTo(_staged.AsSpan(_filled));
            _filled += taken;
            bytes = bytes[taken..];
        }
    }

    private void BeginFrame(PreparedCommit commit)
    {
        var payload = (int)Math.Min(_rest, _maxPayload);
        var size = LogFormat.FrameBytes(payload);
        if (UsedBytes + size > _segment.Header.Length)
        {
            BeginNextSegment(commit);
        }

        if (_filled + size > StagedBytes)
        {
            Write();
        }

        _frame = _filled;
        _filled += FrameHeader.Bytes;
        _frameEnd = _filled + payload;
        _rest -= payload;
    }

    private void EndFrame(PreparedCommit commit)
    {
        var payload = _staged.AsSpan(_frame + FrameHeader.Bytes, _filled - _frame - FrameHeader.Bytes);
        var header = new FrameHeader(
            _chain,
            LogFormat.Checksum(payload),
            payload.Length,
            _isFirst,
            _rest == 0,
            commit.Sequence,
            commit.Version,
            _synced);
        _chain = header.Write(_staged.AsSpan(_frame), _segment.Header.Salt);
        _isFirst = false;
        var end = _frame + LogFormat.FrameBytes(payload.Length);
        _staged.AsSpan(_filled, end - _filled).Clear();
        _filled = end;
    }

    // What is before is on disk first: then a segment that can be read is enough to know that what it continues has to be there (I18).
    private void BeginNextSegment(PreparedCommit commit)
    {
        Write();
        Sync();
        var isInside = !_isFirst;
        var highest = isInside && commit.Version > _highest ? commit.Version : _highest;
        var @base = isInside ? commit.Sequence : _sequence;
        _space.Run(() => _segment = BeginSegment(_segment.Header.Number, _offset, _chain, @base, highest));
        _offset = LogFormat.FirstFrame;
        _chain = _segment.Header.FirstChain;
    }

    private LogSegment BeginSegment(ulong previous, long previousEnd, uint previousChain, ulong @base, CommitVersion highest)
    {
        var salt = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        return _segments.Begin(new SegmentHeader(0, previous, previousEnd, previousChain, 0, _store, salt, @base, highest, _log));
    }
}
