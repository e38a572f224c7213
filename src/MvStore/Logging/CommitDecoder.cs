using System.Buffers.Binary;

namespace MvStore.Logging;

/// <summary>
/// Puts a commit together from the payloads of its frames, which may end anywhere. Holds no more than one row besides what it hands over. Not safe for
/// concurrent use.
/// </summary>
internal sealed class CommitDecoder
{
    private byte[] _carried = new byte[1024];
    private int _carriedBytes;
    private long _expectedBytes;
    private int _expectedRows;
    private long _bytes;

    /// <summary>Rows of the commit so far, tombstones and drops included.</summary>
    public int Rows { get; private set; }

    /// <summary>Begins a commit.</summary>
    public void Begin()
    {
        _carriedBytes = 0;
        _expectedRows = -1;
        _bytes = 0;
        Rows = 0;
    }

    /// <summary>Takes the next payload.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="batch">Receives the rows.</param>
    public void Feed(ReadOnlySpan<byte> payload, WriteBatch batch)
    {
        _bytes += payload.Length;
        while (!payload.IsEmpty)
        {
            if (_carriedBytes == 0 && Needed(payload) is var needed && needed <= payload.Length)
            {
                Take(payload[..needed], batch);
                payload = payload[needed..];
                continue;
            }

            payload = Carry(payload);
            if (Needed(_carried.AsSpan(0, _carriedBytes)) == _carriedBytes)
            {
                Take(_carried.AsSpan(0, _carriedBytes), batch);
                _carriedBytes = 0;
            }
        }
    }

    /// <summary>Ends a commit.</summary>
    /// <exception cref="CommitLogException">It is not what was announced.</exception>
    public void End()
    {
        if (_carriedBytes != 0 || Rows != _expectedRows || _bytes != _expectedBytes)
        {
            throw Malformed();
        }
    }

    private static CommitLogException Malformed()
        => new(TierFailure.Damaged, "A commit in the commit log has a correct checksum and wrong content: it was damaged before it was written.");

    private int Needed(ReadOnlySpan<byte> item)
    {
        if (_expectedRows < 0)
        {
            return CommitRow.PreludeBytes;
        }

        return item.Length < CommitRow.HeadBytes ? CommitRow.HeadBytes : CommitRow.Read(item) is { } row ? row.TotalBytes : throw Malformed();
    }

    private ReadOnlySpan<byte> Carry(ReadOnlySpan<byte> payload)
    {
        var needed = Needed(_carried.AsSpan(0, _carriedBytes));
        if (_carried.Length < needed)
        {
            Array.Resize(ref _carried, needed);
        }

        var taken = Math.Min(needed - _carriedBytes, payload.Length);
        payload[..taken].CopyTo(_carried.AsSpan(_carriedBytes));
        _carriedBytes += taken;
        return payload[taken..];
    }

    private void Take(ReadOnlySpan<byte> item, WriteBatch batch)
    {
        if (_expectedRows < 0)
        {
            _expectedRows = BinaryPrimitives.ReadInt32LittleEndian(item);
            _expectedBytes = BinaryPrimitives.ReadInt64LittleEndian(item[8..]);
            if (_expectedRows < 0)
            {
                throw Malformed();
            }

            return;
        }

        Rows++;
        var row = CommitRow.Read(item)!.Value;
        var key = item.Slice(CommitRow.HeadBytes, row.KeyLength);
        switch (row.ValueLength)
        {
            case CommitRow.Tombstone:
                batch.Remove(key);
                break;
            case CommitRow.Drop:
                batch.Drop(key);
                break;
            default:
                batch.Set(key, item[(CommitRow.HeadBytes + row.KeyLength)..]);
                break;
        }
    }
}
