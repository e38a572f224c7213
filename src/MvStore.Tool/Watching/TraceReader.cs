using System.Runtime.CompilerServices;
using System.Text;

namespace MvStore.Tool.Watching;

/// <summary>
/// Reads the events of a trace as a .NET runtime streams it (format "nettrace", version 4): a signature, then objects, each of a named type. Blocks of shapes say how events look, blocks of
/// events have them, one behind the other, each with a header that leaves out what did not change since the one before. Everything else is passed over. Used by one task.
/// </summary>
/// <param name="stream">The trace from its beginning.</param>
internal sealed class TraceReader(TraceStream stream)
{
    private const string Signature = "Nettrace";
    private const string Serialization = "!FastSerialization.1";
    private const byte NoObject = 1;
    private const byte BeginObject = 5;
    private const byte EndObject = 6;
    private const int TraceObjectBytes = 48;
    private const int BlockAlignment = 4;
    private const int CompressedHeaders = 1;
    private const int GuidBytes = 16;

    private readonly Dictionary<int, TraceEventShape> _shapes = [];

    /// <summary>The events, until the trace ends.</summary>
    /// <exception cref="EndOfStreamException">Who sends it has ended.</exception>
    /// <exception cref="InvalidDataException">It is not such a trace.</exception>
    public async IAsyncEnumerable<TraceEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ExpectAsync(Signature, cancellationToken);
        Require(await stream.ReadInt32Async(cancellationToken) == Serialization.Length, "The trace is serialized in an unknown way.");
        await ExpectAsync(Serialization, cancellationToken);
        while (await stream.ReadByteAsync(cancellationToken) is var tag && tag != NoObject)
        {
            Require(tag == BeginObject, "The trace has something other than objects.");
            var type = await ReadTypeAsync(cancellationToken);
            if (type == "Trace")
            {
                await stream.ReadBytesAsync(TraceObjectBytes, cancellationToken);
            }
            else
            {
                var size = await stream.ReadInt32Async(cancellationToken);
                await stream.AlignAsync(BlockAlignment, cancellationToken);
                foreach (var found in ReadBlock(type, await stream.ReadBytesAsync(size, cancellationToken)))
                {
                    yield return found;
                }
            }

            Require(await stream.ReadByteAsync(cancellationToken) == EndObject, "An object of the trace has no end.");
        }
    }

    // An object that tells the type: two versions, the name.
    private async ValueTask<string> ReadTypeAsync(CancellationToken cancellationToken)
    {
        Require(
            await stream.ReadByteAsync(cancellationToken) == BeginObject && await stream.ReadByteAsync(cancellationToken) == NoObject,
            "An object of the trace has no type.");
        await stream.ReadBytesAsync(2 * sizeof(int), cancellationToken);
        var name = await stream.ReadBytesAsync(await stream.ReadInt32Async(cancellationToken), cancellationToken);
        Require(await stream.ReadByteAsync(cancellationToken) == EndObject, "A type of the trace has no end.");
        return Encoding.ASCII.GetString(name);
    }

    private List<TraceEvent> ReadBlock(string type, byte[] block)
    {
        var events = new List<TraceEvent>();
        if (type is not ("EventBlock" or "MetadataBlock"))
        {
            return events;
        }

        var reader = new TraceSpanReader(block);
        var headerBytes = reader.ReadUInt16();
        Require((reader.ReadUInt16() & CompressedHeaders) != 0, "The trace has headers of an old form.");
        reader.Skip(headerBytes - (2 * sizeof(ushort)));
        var shape = 0;
        var payloadBytes = 0;
        while (!reader.IsAtEnd)
        {
            ReadHeader(ref reader, ref shape, ref payloadBytes);
            var payload = reader.Take(payloadBytes);
            if (type == "MetadataBlock")
            {
                var told = TraceEventShape.Read(payload);
                _shapes[told.Id] = told;
            }
            else if (_shapes.TryGetValue(shape, out var known))
            {
                events.Add(known.ReadEvent(payload));
            }
        }

        return events;
    }

    // A bit for each part that is there; shape and length stay those of the event before where they are not.
    private static void ReadHeader(ref TraceSpanReader reader, ref int shape, ref int payloadBytes)
    {
        var parts = reader.ReadByte();
        if ((parts & 1) != 0)
        {
            shape = (int)reader.ReadVariable();
        }

        if ((parts & 2) != 0)
        {
            reader.ReadVariable(); // sequence
            reader.ReadVariable(); // capturing thread
            reader.ReadVariable(); // processor
        }

        if ((parts & 4) != 0)
        {
            reader.ReadVariable(); // thread
        }

        if ((parts & 8) != 0)
        {
            reader.ReadVariable(); // stack
        }

        reader.ReadVariable(); // time since the event before
        reader.Skip((parts & 16) != 0 ? GuidBytes : 0); // activity
        reader.Skip((parts & 32) != 0 ? GuidBytes : 0); // activity it belongs to
        if ((parts & 128) != 0)
        {
            payloadBytes = (int)reader.ReadVariable();
        }
    }

    private async ValueTask ExpectAsync(string text, CancellationToken cancellationToken)
        => Require(Encoding.ASCII.GetString(await stream.ReadBytesAsync(text.Length, cancellationToken)) == text, "What the process sends is not a trace.");

    private static void Require(bool isSo, string problem)
    {
        if (!isSo)
        {
            throw new InvalidDataException(problem);
        }
    }
}
