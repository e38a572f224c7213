using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace MvStore.Packages.Tests;

/// <summary>The symbols of an assembly, as a debugger sees them.</summary>
internal sealed class Symbols
{
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    public Symbols(byte[] assembly, byte[] symbols)
    {
        using var image = new PEReader(ImmutableArray.Create(assembly));
        var entry = image.ReadDebugDirectory().Single(e => e.Type == DebugDirectoryEntryType.CodeView && e.IsPortableCodeView);
        using var provider = MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(symbols));
        var reader = provider.GetMetadataReader();
        AreOfTheAssembly = new BlobContentId(reader.DebugMetadataHeader!.Id).Guid == image.ReadCodeViewDebugDirectoryData(entry).Guid;
        var kinds = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).ToLookup(info => reader.GetGuid(info.Kind));
        var embedded = kinds[EmbeddedSource].Select(info => info.Parent).ToHashSet();
        DocumentsWithoutSource = kinds[SourceLink].Any()
            ? []
            : [.. reader.Documents.Where(handle => !embedded.Contains(handle)).Select(handle => reader.GetString(reader.GetDocument(handle).Name))];
    }

    /// <summary>Whether they belong to the very assembly.</summary>
    public bool AreOfTheAssembly { get; }

    /// <summary>The files whose text is neither in the symbols nor said to be found anywhere.</summary>
    public IReadOnlyList<string> DocumentsWithoutSource { get; }
}
