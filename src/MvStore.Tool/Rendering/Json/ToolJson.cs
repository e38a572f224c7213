using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MvStore.Tool.Rendering.Json;

/// <summary>Every document a command can write, serialized without reflection. Everything but ASCII is escaped.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ImportDocument))]
[JsonSerializable(typeof(GetDocument))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(ScanDocument))]
[JsonSerializable(typeof(DiffDocument))]
[JsonSerializable(typeof(StatDocument))]
[JsonSerializable(typeof(GcDocument))]
[JsonSerializable(typeof(ExplainDocument))]
[JsonSerializable(typeof(PinsDocument))]
[JsonSerializable(typeof(RollbackDocument))]
[JsonSerializable(typeof(VerifyDocument))]
[JsonSerializable(typeof(StoreVerificationDocument))]
[JsonSerializable(typeof(CopyDocument))]
[JsonSerializable(typeof(LogDumpDocument))]
[JsonSerializable(typeof(LogVerificationDocument))]
[JsonSerializable(typeof(BenchDocument))]
[JsonSerializable(typeof(TopDocument))]
internal sealed partial class ToolJson : JsonSerializerContext
{
    /// <summary>Writes one document and a newline.</summary>
    public static void Write<T>(ToolHost host, T document, JsonTypeInfo<T> type)
        => host.Text.WriteLine(JsonSerializer.Serialize(document, type));
}
