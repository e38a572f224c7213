using System.Text;

namespace MvStore.Tool.Tests.Fixtures;

/// <summary>Writes a trace as a runtime would.</summary>
internal sealed class TraceScript : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private readonly BinaryWriter _writer;
    private readonly Dictionary<string, (int Id, (int Kind, string Name)[] Fields)> _shapes = [];

    public TraceScript()
    {
        _writer = new BinaryWriter(_bytes);
        _writer.Write("Nettrace"u8);
        _writer.Write(20);
        _writer.Write("!FastSerialization.1"u8);
        Object("Trace", writer => writer.Write(new byte[48]));
        Block("StackBlock", new byte[7]);
    }

    public byte[] Bytes => _bytes.ToArray();

    /// <summary>Tells how events of a name look: 9 and 11 are whole numbers, 14 a fraction, 18 text.</summary>
    public TraceScript Shape(string name, params (int Kind, string Name)[] fields)
    {
        var id = _shapes.Count + 1;
        _shapes[name] = (id, fields);
        Block("MetadataBlock", Entry(0, Description(id, name, fields)));
        return this;
    }

    /// <summary>A block of events.</summary>
    public TraceScript Events(params (string Name, object[] Values)[] events)
    {
        using var entries = new MemoryStream();
        foreach (var (name, values) in events)
        {
            entries.Write(Entry(_shapes[name].Id, Payload(_shapes[name].Fields, values)));
        }

        Block("EventBlock", entries.ToArray());
        return this;
    }

    /// <summary>The end of the trace.</summary>
    public TraceScript End()
    {
        _writer.Write((byte)1);
        return this;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _bytes.Dispose();
    }

    // A header with every part, behind it the payload.
    private static byte[] Entry(int shape, byte[] payload)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write((byte)(1 | 2 | 4 | 8 | 16 | 32 | 64 | 128));
        foreach (var number in (int[])[shape, 1, 300, 2, 70_000, 5, 1_000_000])
        {
            writer.Write7BitEncodedInt(number);
        }

        writer.Write(new byte[32]);
        writer.Write7BitEncodedInt(payload.Length);
        writer.Write(payload);
        return bytes.ToArray();
    }

    private static byte[] Description(int id, string name, (int Kind, string Name)[] fields)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(id);
        Text(writer, "Provider");
        writer.Write(id + 100);
        Text(writer, name);
        writer.Write(0L);
        writer.Write(1);
        writer.Write(4);
        writer.Write(fields.Length);
        foreach (var (kind, field) in fields)
        {
            writer.Write(kind);
            Text(writer, field);
        }

        return bytes.ToArray();
    }

    private static byte[] Payload((int Kind, string Name)[] fields, object[] values)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var value in values.Take(fields.Length))
        {
            switch (value)
            {
                case string text:
                    Text(writer, text);
                    break;
                case int number:
                    writer.Write(number);
                    break;
                case long number:
                    writer.Write(number);
                    break;
                case double number:
                    writer.Write(number);
                    break;
                default:
                    throw new ArgumentException($"No value of a trace: {value}.", nameof(values));
            }
        }

        return bytes.ToArray();
    }

    private static void Text(BinaryWriter writer, string text) => writer.Write(Encoding.Unicode.GetBytes(text + '\0'));

    private void Block(string type, byte[] content) => Object(type, writer =>
    {
        var isOfEvents = type != "StackBlock";
        writer.Write(content.Length + (isOfEvents ? 20 : 0));
        writer.Write(new byte[(4 - (_bytes.Position % 4)) % 4]);
        if (isOfEvents)
        {
            writer.Write((ushort)20);
            writer.Write((ushort)1);
            writer.Write(new byte[16]);
        }

        writer.Write(content);
    });

    private void Object(string type, Action<BinaryWriter> content)
    {
        _writer.Write((byte)5);
        _writer.Write((byte)5);
        _writer.Write((byte)1);
        _writer.Write(2);
        _writer.Write(2);
        _writer.Write(type.Length);
        _writer.Write(Encoding.ASCII.GetBytes(type));
        _writer.Write((byte)6);
        content(_writer);
        _writer.Write((byte)6);
    }
}
