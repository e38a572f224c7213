using System.Globalization;

namespace MvStore.Tool.Watching;

/// <summary>How the events of one kind look: told once, before the first of them.</summary>
/// <param name="Id">The number by which events name their shape.</param>
/// <param name="Name">The name of the event.</param>
/// <param name="Fields">The fields in their order: kind and name.</param>
internal sealed record TraceEventShape(int Id, string Name, IReadOnlyList<(int Kind, string Name)> Fields)
{
    // Numbers of the runtime's kinds of values (System.TypeCode).
    private const int FourBytes = (int)TypeCode.Int32;
    private const int EightBytes = (int)TypeCode.Int64;
    private const int Fraction = (int)TypeCode.Double;
    private const int Text = (int)TypeCode.String;

    /// <summary>Reads the description of a shape.</summary>
    public static TraceEventShape Read(ReadOnlySpan<byte> description)
    {
        var reader = new TraceSpanReader(description);
        var id = reader.ReadInt32();
        reader.ReadText(); // who sends it: only one is asked for
        reader.ReadInt32(); // its number there
        var name = reader.ReadText();
        reader.Skip(sizeof(long) + sizeof(int) + sizeof(int)); // keywords, version, level
        var count = reader.ReadInt32();
        if ((uint)count > (uint)description.Length)
        {
            throw new InvalidDataException("An event in the trace has more fields than it can have.");
        }

        var fields = new (int, string)[count];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = (reader.ReadInt32(), reader.ReadText());
        }

        return new TraceEventShape(id, name, fields);
    }

    /// <summary>Reads an event of this shape.</summary>
    public TraceEvent ReadEvent(ReadOnlySpan<byte> payload)
    {
        var reader = new TraceSpanReader(payload);
        var values = new Dictionary<string, string>(Fields.Count);
        foreach (var (kind, name) in Fields)
        {
            var value = kind switch
            {
                Text => reader.ReadText(),
                FourBytes => reader.ReadInt32().ToString(CultureInfo.InvariantCulture),
                EightBytes => reader.ReadInt64().ToString(CultureInfo.InvariantCulture),
                Fraction => BitConverter.Int64BitsToDouble(reader.ReadInt64()).ToString(CultureInfo.InvariantCulture),
                _ => null,
            };
            if (value is null)
            {
                break;
            }

            values[name] = value;
        }

        return new TraceEvent(Name, values);
    }
}
