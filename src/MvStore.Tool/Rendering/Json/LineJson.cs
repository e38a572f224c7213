using System.Text.Json.Serialization;

namespace MvStore.Tool.Rendering.Json;

/// <summary>Documents of commands that write one for each line, serialized without reflection. Everything but ASCII is escaped.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChangeDocument))]
internal sealed partial class LineJson : JsonSerializerContext;
