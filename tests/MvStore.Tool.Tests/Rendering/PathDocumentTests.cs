using System.Text.Json;
using MvStore.Tool.Rendering.Json;

namespace MvStore.Tool.Tests.Rendering;

public class PathDocumentTests
{
    [Fact]
    public void A_path_that_is_text_is_only_text() => Serialize("a/b\n"u8.ToArray()).Should().Contain("\"path\": \"a/b\\n\"").And.NotContain("pathBase64");

    [Fact]
    public void A_path_that_is_no_text_is_base64_as_well()
        => Serialize([(byte)'a', 0xFF]).Should().Contain("\"path\": \"a\\uFFFD\"").And.Contain("\"pathBase64\": \"Yf8=\"");

    private static string Serialize(byte[] path)
        => JsonSerializer.Serialize(new HistoryDocument { Bytes = path, Events = [] }, ToolJson.Default.HistoryDocument);
}
