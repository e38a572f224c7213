using System.Text;
using System.Text.Json.Serialization;

namespace MvStore.Tool.Rendering.Json;

/// <summary>
/// How every document names a path: as text, and, only when its bytes are not valid UTF-8, also as base64 of the bytes; the text then has
/// U+FFFD where bytes were invalid.
/// </summary>
internal abstract record PathDocument
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>The bytes of the path.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Bytes
    {
        get => _bytes;
        init
        {
            _bytes = value;
            try
            {
                Path = Strict.GetString(value.Span);
            }
            catch (DecoderFallbackException)
            {
                Path = Encoding.UTF8.GetString(value.Span);
                PathBase64 = Convert.ToBase64String(value.Span);
            }
        }
    }

    /// <summary>The path as text.</summary>
    [JsonPropertyOrder(-2)]
    public string Path { get; private init; } = "";

    /// <summary>The bytes of a path that is not valid UTF-8; absent otherwise.</summary>
    [JsonPropertyOrder(-1)]
    public string? PathBase64 { get; private init; }
}
