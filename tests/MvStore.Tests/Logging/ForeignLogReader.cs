using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MvStore.Tests.Logging;

/// <summary>
/// Reads a commit log as somebody would who knows DESIGN.md 9, "Format", and nothing else: it uses no number and no code of the product, and goes through each checksum bit by bit. It reads
/// logs that are sound or torn; to tell a torn end from damage is the product's matter.
/// </summary>
internal static class ForeignLogReader
{
    private const int HeaderBytes = 512;
    private const int FirstFrame = 4_096;
    private const int FrameHeaderBytes = 48;
    private const int MostPayload = 262_144;
    private const uint Polynomial = 0x82F6_3B78;

    /// <summary>The whole commits in the files of a directory, by name.</summary>
    public static List<ForeignCommit> Read(IReadOnlyDictionary<string, byte[]> files)
    {
        var segments = files.Where(f => IsSegment(f.Key)).Select(f => Segment.Of(f.Value)).OfType<Segment>().ToDictionary(s => s.Number);
        var live = new List<Segment>();
        for (var next = segments.Values.MaxBy(s => s.Number); next is not null; next = segments.GetValueOrDefault(next.Continues))
        {
            live.Insert(0, next);
        }

        var commits = new List<ForeignCommit>();
        var payload = new MemoryStream();
        var isInside = false;
        for (var i = 0; i < live.Count; i++)
        {
            var successor = i + 1 < live.Count ? live[i + 1] : null;
            var (end, chain) = ReadFrames(live[i], successor?.ContinuesAt ?? live[i].Content.Length, Take);
            if (successor is not null && (end != successor.ContinuesAt || chain != successor.ContinuesWith))
            {
                throw new InvalidDataException($"Segment {live[i].Number} ends at {end}; its successor says {successor.ContinuesAt}.");
            }
        }

        return commits;

        void Take(Frame frame)
        {
            if (frame.Begins)
            {
                payload.SetLength(0);
                isInside = true;
            }

            // What is left over of a commit that began in a file that is gone is in the persistent tier.
            payload.Write(isInside ? frame.Payload : []);
            if (frame.Ends && isInside)
            {
                commits.Add(new ForeignCommit(frame.Sequence, frame.Version, RowsOf(payload.ToArray())));
                isInside = false;
            }
        }
    }

    /// <summary>The publication that the file "mark" calls synced.</summary>
    public static ulong ReadMark(byte[] mark)
    {
        Encoding.ASCII.GetString(mark, 0, 8).Should().Be("MvLogMrk");
        U32(mark, 8).Should().Be(Checksum(mark.AsSpan(16, 16)));
        return U64(mark, 24);
    }

    private static bool IsSegment(string name)
        => name.EndsWith(".mvlog", StringComparison.Ordinal) && ulong.TryParse(name[..^6], NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static (long End, uint Chain) ReadFrames(Segment segment, long end, Action<Frame> take)
    {
        var content = segment.Content;
        var at = FirstFrame;
        var chain = (uint)segment.Salt ^ (uint)(segment.Salt >> 32);
        Span<byte> salted = stackalloc byte[8 + FrameHeaderBytes - 8];
        while (at + FrameHeaderBytes <= end && Encoding.ASCII.GetString(content, at, 4) == "MvrF")
        {
            BinaryPrimitives.WriteUInt64LittleEndian(salted, segment.Salt);
            content.AsSpan(at + 8, FrameHeaderBytes - 8).CopyTo(salted[8..]);
            var checksum = U32(content, at + 4);
            var length = U32(content, at + 16);
            if (checksum != Checksum(salted) || U32(content, at + 8) != chain || length > MostPayload || at + FrameHeaderBytes + length > end
                || U32(content, at + 12) != Checksum(content.AsSpan(at + FrameHeaderBytes, (int)length)))
            {
                break;
            }

            var flags = U32(content, at + 20);
            var payload = content.AsSpan(at + FrameHeaderBytes, (int)length).ToArray();
            take(new Frame((flags & 1) != 0, (flags & 2) != 0, U64(content, at + 24), U64(content, at + 32), payload));
            chain = checksum;
            at += (FrameHeaderBytes + (int)length + 7) / 8 * 8;
        }

        return (at, chain);
    }

    private static List<Delta> RowsOf(byte[] commit)
    {
        var rows = new List<Delta>();
        var count = U32(commit, 0);
        U64(commit, 8).Should().Be((ulong)commit.Length);
        var at = 16;
        for (var i = 0; i < count; i++)
        {
            var keyLength = (int)U32(commit, at);
            var valueLength = (int)U32(commit, at + 4);
            var key = commit.AsMemory(at + 8, keyLength);
            at += 8 + keyLength;
            var kind = valueLength switch { -1 => DeltaKind.Remove, -2 => DeltaKind.Drop, _ => DeltaKind.Set };
            var bytes = Math.Max(0, valueLength);
            rows.Add(new Delta(kind, key, commit.AsMemory(at, bytes)));
            at += bytes;
        }

        at.Should().Be(commit.Length);
        return rows;
    }

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ulong U64(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));

    // CRC-32C, as everywhere: reflected, begun with ones, inverted at the end.
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }
        }

        return ~crc;
    }

    private sealed record Frame(bool Begins, bool Ends, ulong Sequence, ulong Version, byte[] Payload);

    private sealed record Segment(byte[] Content, ulong Number, ulong Continues, long ContinuesAt, uint ContinuesWith, ulong Salt)
    {
        public static Segment? Of(byte[] content)
        {
            if (content.Length < HeaderBytes || Encoding.ASCII.GetString(content, 0, 8) != "MvLogSeg")
            {
                return null;
            }

            U32(content, 8).Should().Be(1, "another format is to be refused");
            return U32(content, 12) == Checksum(content.AsSpan(16, 72))
                ? new Segment(content, U64(content, 16), U64(content, 24), (long)U64(content, 32), U32(content, 40), U64(content, 56))
                : null;
        }
    }
}
